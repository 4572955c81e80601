"""Password hashes."""

import asyncio
import threading
from collections.abc import Iterator

import bcrypt
import pytest

from service_kit import passwords
from service_kit.passwords import LogInsBusy, PasswordHasher


@pytest.fixture
def hasher() -> Iterator[PasswordHasher]:
    made = PasswordHasher(rounds=4)
    yield made
    made.close()


async def test_long_and_strange_passwords_count_to_the_last_character(hasher: PasswordHasher) -> None:
    long = "a" * 199
    for password in (long + "x", "ä" * 100, "a\x00b and more", "🔑" * 50, "\ud800 half a pair"):
        stored = await hasher.hash(password)
        assert len(stored) == 60
        assert await hasher.matches(password, stored)
        assert not await hasher.matches(password[:-1], stored)
    assert not await hasher.matches(long + "y", await hasher.hash(long + "x"))


async def test_nobody_has_a_password(hasher: PasswordHasher) -> None:
    assert not await hasher.matches("", None)
    assert not await hasher.matches("correct horse battery", None)


async def test_each_hash_has_its_own_salt(hasher: PasswordHasher) -> None:
    assert await hasher.hash("correct horse battery") != await hasher.hash("correct horse battery")


async def test_another_cost_is_noticed(hasher: PasswordHasher) -> None:
    assert not hasher.is_outdated(await hasher.hash("correct horse battery"))
    assert hasher.is_outdated(bcrypt.hashpw(b"x", bcrypt.gensalt(5)).decode())


async def test_hashing_leaves_the_event_loop_free_and_the_queue_short(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    threads: set[str] = set()

    class Stuck:
        def hashpw(self, password: bytes, salt: bytes) -> bytes:
            threads.add(threading.current_thread().name)
            release.wait(10)
            return b"$2b$04$"

        def gensalt(self, rounds: int) -> bytes:
            return b""

    monkeypatch.setattr(passwords, "bcrypt", Stuck())
    waiting = [asyncio.ensure_future(hasher.hash("x")) for _ in range(200)]
    await asyncio.sleep(0.05)
    with pytest.raises(LogInsBusy):
        await hasher.hash("one too many")
    release.set()
    assert await asyncio.gather(*waiting) == ["$2b$04$"] * 200
    assert len(threads) <= 2
    assert await hasher.hash("x") == "$2b$04$"
