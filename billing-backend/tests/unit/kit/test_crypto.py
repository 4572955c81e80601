"""What rests encrypted opens with the right key, for the right purpose, and not otherwise."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.kit.crypto import BlindIndex, DecryptionFailed, EncryptionKey, Vault, token_hash

OLD = EncryptionKey("k1", b"1" * 32)
NEW = EncryptionKey("k2", b"2" * 32)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"))


@given(plain=TEXTS, purpose=TEXTS)
def test_what_goes_in_comes_out(plain: str, purpose: str) -> None:
    vault = Vault([NEW, OLD])
    sealed = vault.encrypt(plain, purpose=purpose)
    assert vault.decrypt(sealed, purpose=purpose) == plain
    assert sealed.startswith("v1.k2.")
    if len(plain) > 3:
        assert plain not in sealed


def test_the_same_text_never_looks_the_same_twice() -> None:
    vault = Vault([NEW])
    assert len({vault.encrypt("NP-7K3M-9QRT-4WXY", purpose="license.key") for _ in range(50)}) == 50


def test_an_old_key_still_opens_what_it_sealed() -> None:
    sealed = Vault([OLD]).encrypt("secret", purpose="p")
    assert Vault([NEW, OLD]).decrypt(sealed, purpose="p") == "secret"
    with pytest.raises(DecryptionFailed):
        Vault([NEW]).decrypt(sealed, purpose="p")


def test_another_key_under_the_same_name_opens_nothing() -> None:
    sealed = Vault([OLD]).encrypt("secret", purpose="p")
    with pytest.raises(DecryptionFailed):
        Vault([EncryptionKey("k1", b"9" * 32)]).decrypt(sealed, purpose="p")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    vault = Vault([NEW])
    sealed = vault.encrypt("secret", purpose="license.key")
    with pytest.raises(DecryptionFailed):
        vault.decrypt(sealed, purpose="api_key.secret")


@given(position=st.integers(min_value=0), flip=st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, flip: int) -> None:
    vault = Vault([NEW])
    head, key, body = vault.encrypt("secret", purpose="p").split(".")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[position % len(raw)] ^= flip
    with pytest.raises(DecryptionFailed):
        vault.decrypt(f"{head}.{key}.{base64.urlsafe_b64encode(raw).decode()}", purpose="p")


@pytest.mark.parametrize("sealed", ["", "v1", "v1.k2", "v1.k2.", "v1.k2.####", "v2.k2.AAAA", "v1.none.AAAA", "a.b.c.d"])
def test_what_was_never_sealed_is_refused_alike(sealed: str) -> None:
    with pytest.raises(DecryptionFailed):
        Vault([NEW]).decrypt(sealed, purpose="p")


def test_keys_are_checked() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        EncryptionKey("k", b"short")
    for name in ("", "a.b"):
        with pytest.raises(ValueError, match="key id"):
            EncryptionKey(name, b"1" * 32)
    with pytest.raises(ValueError, match="at least one"):
        Vault([])
    with pytest.raises(ValueError, match="32 bytes"):
        BlindIndex(b"short")


def test_the_blind_index_finds_and_does_not_tell() -> None:
    index, other = BlindIndex(b"i" * 32), BlindIndex(b"j" * 32)
    found = index.of("NP-7K3M-9QRT-4WXY", purpose="license.key")
    assert found == index.of("NP-7K3M-9QRT-4WXY", purpose="license.key")
    assert len(found) == 64
    assert found != other.of("NP-7K3M-9QRT-4WXY", purpose="license.key")
    assert found != index.of("NP-7K3M-9QRT-4WXY", purpose="api_key")
    assert found != token_hash("NP-7K3M-9QRT-4WXY")
