"""A log line is one JSON object with its context, and never a secret."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from service_kit.logs import MASK, get_logger, mask

Logged = Callable[[], list[dict[str, Any]]]

SECRETS = [
    "sk_test_51abc",
    "sk_live_51abc",
    "whsec_abcdef",
    "pi_3Abc_secret_1Def",
    "nps_abcdefgh-ijk",
    "NP-7K3M-9QRT-4WXY",
    "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_values_that_look_like_secrets_are_masked_wherever_they_stand(secret: str) -> None:
    seen = mask({"note": f"got {secret} back", "list": [secret, {"deep": (secret,)}]})
    assert seen == {"note": f"got {MASK} back", "list": [MASK, {"deep": [MASK]}]}


def test_passwords_in_addresses_are_masked() -> None:
    text = "postgresql+asyncpg://billing:hunter2@127.0.0.1:5432/billing"
    assert mask(text) == f"postgresql+asyncpg{MASK}127.0.0.1:5432/billing"


@pytest.mark.parametrize(
    "name",
    ["password", "client_secret", "refresh_token", "Authorization", "api_key", "apiKey", "license_key", "epp_code"],
)
def test_members_that_are_named_like_secrets_are_masked(name: str) -> None:
    assert mask({name: "anything"}) == {name: MASK}


def test_values_that_postgresql_quotes_are_masked() -> None:
    said = "duplicate key\nDETAIL:  Key (email)=(ada@example.com) already exists.\nargument $1: 'x'"
    assert mask(said) == f"duplicate key\nDETAIL: {MASK}\nargument $1: 'x'"
    assert mask("invalid input for query argument $1: 'hunter2' (...)") == f"invalid input for query argument {MASK}"


def test_harmless_values_stay() -> None:
    value = {"order_id": "019a", "amount": 2900, "paid": True, "none": None, "names": ["a", "b"]}
    assert mask(value) == value


def test_lines_carry_context_service_and_level(logged: Logged) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", order_id="o1"):
        get_logger("orders").info("paid", amount=2900, client_secret="pi_1_secret_2")
    get_logger("orders").warning("alone")
    paid, alone = logged()
    assert {key: paid[key] for key in ("msg", "level", "logger", "service", "request_id", "order_id", "amount")} == {
        "msg": "paid",
        "level": "info",
        "logger": "orders",
        "service": "kit-test",
        "request_id": "r1",
        "order_id": "o1",
        "amount": 2900,
    }
    assert paid["client_secret"] == MASK
    assert paid["ts"].endswith("Z")
    assert "request_id" not in alone


def test_the_standard_librarys_lines_have_the_same_form(logged: Logged) -> None:
    logging.getLogger("somebody.else").warning("connect to %s", "redis://:hunter2@127.0.0.1")
    logging.getLogger("httpx").info("GET https://registrar.example?ApiKey=hunter2")
    (line,) = logged()
    assert line["logger"] == "somebody.else"
    assert line["service"] == "kit-test"


def test_an_exception_is_text_in_the_line_with_its_secrets_masked(logged: Logged) -> None:
    try:
        raise ValueError("bad key sk_test_abc")
    except ValueError:
        get_logger("x").exception("failed")
    (line,) = logged()
    assert f"ValueError: bad key {MASK}" in line["exception"]


def test_a_thread_started_later_still_names_the_service(logged: Logged) -> None:
    thread = threading.Thread(target=lambda: get_logger("worker").info("from a thread"))
    thread.start()
    thread.join()
    assert logged()[0]["service"] == "kit-test"
