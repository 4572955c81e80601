import socket
from collections.abc import Iterator

import pytest

from testkit.ports import LOOPBACK


@pytest.fixture
def listener() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]
