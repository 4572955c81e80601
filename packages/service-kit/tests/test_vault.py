import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_kit.passwords import PasswordHasher
from service_kit.vault import DecryptionFailed, EncryptionKey, Vault, token_hash

KEY, OTHER = secrets.token_bytes(32), secrets.token_bytes(32)
VAULT = Vault([EncryptionKey("k1", KEY)])


@given(st.text())
def test_what_is_sealed_opens_again_for_its_purpose_only(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    sealed = VAULT.encrypt(text, purpose="a")
    assert VAULT.decrypt(sealed, purpose="a") == text
    with pytest.raises(DecryptionFailed):
        VAULT.decrypt(sealed, purpose="b")


def test_sealing_twice_looks_different() -> None:
    assert VAULT.encrypt("same", purpose="a") != VAULT.encrypt("same", purpose="a")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = VAULT.encrypt("text", purpose="a")
    rotated = Vault([EncryptionKey("k2", OTHER), EncryptionKey("k1", KEY)])
    assert rotated.decrypt(old, purpose="a") == "text"
    assert rotated.encrypt("text", purpose="a").startswith("v1.k2.")
    with pytest.raises(DecryptionFailed):
        Vault([EncryptionKey("k2", OTHER)]).decrypt(old, purpose="a")


@pytest.mark.parametrize(
    "sealed", ["", "k1", "v1.k1.", "v1.k1.!!", "v1.k1.AAAA", "v1.k9.AAAA", "v2.k1.AAAA", "v1.k1." + "A" * 64]
)
def test_garbage_does_not_open(sealed: str) -> None:
    with pytest.raises(DecryptionFailed):
        VAULT.decrypt(sealed, purpose="a")


@given(st.integers(min_value=0))
def test_a_changed_bit_does_not_open(position: int) -> None:
    name, _, body = VAULT.encrypt("a secret", purpose="a").rpartition(".")
    index = position % (len(body) - 4)
    changed = body[:index] + ("A" if body[index] != "A" else "B") + body[index + 1 :]
    with pytest.raises(DecryptionFailed):
        VAULT.decrypt(f"{name}.{changed}", purpose="a")


@pytest.mark.parametrize(("name", "key"), [("k1", b"short"), ("", KEY), ("a.b", KEY)])
def test_bad_keys_are_refused(name: str, key: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        EncryptionKey(name, key)


def test_a_vault_needs_a_key() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Vault([])


def test_token_hashes_are_stable_and_take_any_text() -> None:
    assert token_hash("abc") == token_hash("abc")
    assert len(token_hash("\ud800")) == 64


async def test_every_letter_of_a_long_password_counts() -> None:
    hasher = PasswordHasher(rounds=4)
    stored = await hasher.hash("x" * 100 + "a")
    assert await hasher.matches("x" * 100 + "a", stored)
    assert not await hasher.matches("x" * 100 + "b", stored)
    assert not await hasher.matches("x" * 100 + "a", None)
