"""Settings fail closed, and say why without saying what."""

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from billing.settings import Settings

KEY = base64.b64encode(b"s" * 32).decode()
MINIMAL = {
    "PROFILE": "production",
    "BASE_URL": "https://billing.example/",
    "DATABASE_URL": "postgresql+asyncpg://app:hunter2@db/billing",
    "WORKER_DATABASE_URL": "postgresql+asyncpg://worker:hunter2@db/billing",
    "REDIS_URL": "redis://:hunter2@redis/0",
    "BROKER_URL": "redis://:hunter2@redis/1",
    "ENCRYPTION_KEYS": f'[{{"id": "k1", "key": "{KEY}"}}]',
    "BLIND_INDEX_KEY": KEY,
    "TOKEN_PRIVATE_KEY": KEY,
    "STRIPE_SECRET_KEY": "sk_live_hunter2",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_hunter2",
    "NAMESERVERS": '["ns1.example.com", "ns2.example.com"]',
    "SMTP_URL": "smtp://user:hunter2@mail",
    "MAIL_FROM": "billing@example.com",
}
SECRETS = ("hunter2", KEY)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in MINIMAL.items():
        monkeypatch.setenv(f"BILLING_{name}", value)
    return monkeypatch


def refusal(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> str:
    """Return why the settings are refused; asserts that no secret is in the message."""
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(f"BILLING_{name}")
        else:
            monkeypatch.setenv(f"BILLING_{name}", value)
    with pytest.raises((ValidationError, ValueError)) as refused:
        Settings()
    message = f"{refused.value} {refused.value!r}"
    assert not [secret for secret in SECRETS if secret in message]
    return message


def test_the_example_is_complete_and_shows_no_secret() -> None:
    settings = Settings()
    assert settings.base_url == "https://billing.example"
    assert settings.encryption_keys[0].key == b"s" * 32
    shown = f"{settings} {settings!r} {settings.model_dump_json()}"
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("name", sorted(MINIMAL))
def test_nothing_that_is_needed_has_a_default(environment: pytest.MonkeyPatch, name: str) -> None:
    assert name.lower() in refusal(environment, **{name: None})


def test_a_misspelt_variable_stops_the_start(environment: pytest.MonkeyPatch) -> None:
    message = refusal(environment, STRIPE_SECERT_KEY="hunter2")
    assert "unknown settings: BILLING_STRIPE_SECERT_KEY" in message


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"STRIPE_SECRET_KEY": "sk_test_sandbox_hunter2"}, "sandbox's Stripe key"),
        ({"PROFILE": "local", "STRIPE_SECRET_KEY": "sk_test_sandbox_hunter2"}, "sandbox's Stripe key"),
        ({"PROFILE": "local", "STRIPE_API_BASE": "http://127.0.0.1:8099/stripe"}, "live Stripe key"),
        ({"STRIPE_API_BASE": "https://api.stripe.com.evil.example"}, "live Stripe key"),
        ({"BCRYPT_ROUNDS": "4"}, "BILLING_BCRYPT_ROUNDS"),
        ({"BASE_URL": "http://billing.example"}, "https"),
        ({"NAMESERVERS": '["ns1.example.com"]'}, "nameservers"),
        ({"PROFILE": "staging"}, "profile"),
        ({"ENCRYPTION_KEYS": "hunter2"}, "encryption_keys"),
        ({"ENCRYPTION_KEYS": '[{"id": "k1", "key": "hunter2"}]'}, "encryption_keys"),
        ({"ENCRYPTION_KEYS": "[]"}, "encryption_keys"),
        ({"BLIND_INDEX_KEY": "hunter2"}, "blind_index_key"),
        ({"ACCESS_TOKEN_LIFETIME": "soon"}, "access_token_lifetime"),
    ],
)
def test_unsafe_combinations_are_refused(environment: pytest.MonkeyPatch, changes: dict[str, Any], reason: str) -> None:
    assert reason in refusal(environment, **changes)


def test_the_sandboxs_key_goes_to_the_sandbox_only(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BILLING_PROFILE", "local")
    environment.setenv("BILLING_STRIPE_SECRET_KEY", "sk_test_sandbox")
    environment.setenv("BILLING_STRIPE_API_BASE", "http://127.0.0.1:8099/stripe")
    assert Settings().is_local
