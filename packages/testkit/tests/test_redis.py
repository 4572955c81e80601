import socket
from pathlib import Path

import pytest

from testkit.binaries import BinaryMissingError
from testkit.binaries import redis_server as find_redis_server
from testkit.ports import LOOPBACK, is_port_free
from testkit.redis import RedisServer, ask, is_ready, redis_server


def _ask(server: RedisServer, *words: str) -> str:
    with socket.create_connection((LOOPBACK, server.port), timeout=5) as connection:
        connection.sendall((" ".join(words) + "\r\n").encode())
        return connection.recv(4096).decode()


def test_kill_loses_the_data_and_start_uses_the_same_port() -> None:
    with redis_server() as server:
        assert _ask(server, "SET", "colour", "green") == "+OK\r\n"
        assert _ask(server, "GET", "colour") == "$5\r\ngreen\r\n"
        port = server.port
        server.kill()
        assert not is_ready(port)
        server.start()
        assert server.port == port
        assert _ask(server, "GET", "colour") == "$-1\r\n"
    assert is_port_free(port)
    assert not server.directory.exists()


def test_a_text_answer_is_read_whole() -> None:
    with redis_server() as server:
        assert "redis_version:" in ask(server.port, "INFO server")
        assert len(ask(server.port, "INFO everything")) > 4096
        with pytest.raises(ValueError, match="not a text"):
            ask(server.port, "NONSENSE")


def test_named_binary_must_exist() -> None:
    with pytest.raises(BinaryMissingError, match="REDIS_SERVER names"):
        find_redis_server({"REDIS_SERVER": "no/such/file"})


def test_binary_on_the_path_is_preferred_to_the_wheel(tmp_path: Path) -> None:
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_redis_server({"PATH": str(tmp_path)}) == program
