"""What several tests need."""

import random

from stack.layout import Ports

from testkit.ports import is_port_free


def free_offset() -> int:
    """Return a PORT_OFFSET all of whose ports are free at this moment."""
    candidates = random.sample(range(11000, 50000), 50)
    return next(offset for offset in candidates if all(map(is_port_free, vars(Ports.shifted(offset)).values())))
