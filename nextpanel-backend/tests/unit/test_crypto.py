import secrets
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextpanel.kit.crypto import SecretBox, UnreadableSecret, token_hash
from nextpanel.kit.passwords import PasswordHasher

KEY, OTHER = secrets.token_bytes(32), secrets.token_bytes(32)
BOX = SecretBox([("k1", KEY)])


@given(st.text())
def test_what_is_sealed_opens_again_for_its_purpose_only(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    sealed = BOX.seal(text, purpose="a")
    assert BOX.open(sealed, purpose="a") == text
    with pytest.raises(UnreadableSecret):
        BOX.open(sealed, purpose="b")


def test_sealing_twice_looks_different() -> None:
    assert BOX.seal("same", purpose="a") != BOX.seal("same", purpose="a")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = BOX.seal("text", purpose="a")
    rotated = SecretBox([("k2", OTHER), ("k1", KEY)])
    assert rotated.open(old, purpose="a") == "text"
    assert rotated.seal("text", purpose="a").startswith("k2:")
    with pytest.raises(UnreadableSecret):
        SecretBox([("k2", OTHER)]).open(old, purpose="a")


@pytest.mark.parametrize("sealed", ["", "k1", "k1:", "k1:!!", "k1:AAAA", "k9:AAAA", "k1:" + "A" * 64])
def test_garbage_does_not_open(sealed: str) -> None:
    with pytest.raises(UnreadableSecret):
        BOX.open(sealed, purpose="a")


@given(st.integers(min_value=0))
def test_a_changed_bit_does_not_open(position: int) -> None:
    name, _, body = BOX.seal("a secret", purpose="a").partition(":")
    index = position % (len(body) - 4)
    changed = body[:index] + ("A" if body[index] != "A" else "B") + body[index + 1 :]
    with pytest.raises(UnreadableSecret):
        BOX.open(f"{name}:{changed}", purpose="a")


@pytest.mark.parametrize("keys", [[], [("k1", b"short")], [("", KEY)], [("a:b", KEY)]])
def test_bad_keys_are_refused(keys: list[tuple[str, bytes]]) -> None:
    with pytest.raises(ValueError, match="encryption keys"):
        SecretBox(keys)


def test_token_hashes_are_stable_and_take_any_text() -> None:
    assert token_hash("abc") == token_hash("abc")
    assert len(token_hash("\ud800")) == 64


async def test_every_letter_of_a_long_password_counts() -> None:
    hasher = PasswordHasher(rounds=4)
    stored = await hasher.hash("x" * 100 + "a")
    assert await hasher.verify("x" * 100 + "a", stored)
    assert not await hasher.verify("x" * 100 + "b", stored)
    assert not await hasher.verify("x" * 100 + "a", None)


async def test_nobody_takes_as_long_as_somebody() -> None:
    hasher = PasswordHasher(rounds=10)
    stored = await hasher.hash("right")

    async def seconds(against: str | None) -> float:
        started = time.perf_counter()
        await hasher.verify("wrong", against)
        return time.perf_counter() - started

    known = sorted([await seconds(stored) for _ in range(5)])[2]
    unknown = sorted([await seconds(None) for _ in range(5)])[2]
    assert 0.4 < known / unknown < 2.5
