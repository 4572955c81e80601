"""The document is complete: what is called how, what it wants, every answer it may give."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from billing.openapi import document

DOCUMENT: dict[str, Any] = json.loads(document())
MODELS = DOCUMENT["components"]["schemas"]
PROBLEM = "application/problem+json"


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


ALL = [pytest.param(method, path, operation, id=f"{method} {path}") for method, path, operation in operations()]


def test_the_same_code_makes_the_same_text() -> None:
    assert document() == document()
    assert DOCUMENT["info"]["title"] == "NextPanel Billing"
    assert len(ALL) > 40


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in names)


def test_models_have_names_of_their_own() -> None:
    """Of two that are called alike both would carry their module's path."""
    named = {name for name in MODELS if not name.startswith("Page_")}
    assert [name for name in sorted(named) if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)] == []


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_every_operation_is_described(method: str, path: str, operation: dict[str, Any]) -> None:
    assert len(operation["description"]) > 10
    assert operation["summary"]
    assert operation["tags"]
    for parameter in operation.get("parameters", []):
        assert parameter["schema"]


@pytest.mark.parametrize(("method", "path", "operation"), ALL)
def test_every_error_it_may_answer_is_declared(method: str, path: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    expected = {"429", "503"}
    if operation.get("security"):
        expected |= {"401"}
    if "/admin/" in path:
        expected |= {"401", "403"}
    if "_id}" in path:
        expected |= {"404", "422"}
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if {"cursor", "Idempotency-Key"} & names:
        expected |= {"400", "422"}
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        expected |= {"400", "413", "422"}
    assert expected <= set(answers)
    assert [status for status in answers if status.startswith("2")]
    for status, answer in answers.items():
        if not status.startswith("2"):
            assert answer["description"].startswith("`") or PROBLEM not in answer["content"]
            assert {PROBLEM, "application/json"} & set(answer["content"])


def test_declared_codes_are_words_that_mean_one_thing() -> None:
    titles: dict[str, set[str]] = {}
    statuses: dict[str, set[str]] = {}
    for _, _, operation in operations():
        for status, answer in operation["responses"].items():
            for code, title in re.findall(r"`([A-Za-z_]+)`: (.+?)(?:<br>|$)", answer.get("description", "")):
                statuses.setdefault(code, set()).add(status)
                titles.setdefault(code, set()).add(title)
    assert len(statuses) > 30
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+|NOT_FOUND", code) for code in statuses)


def _schema(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["schema"]
    return MODELS[found["$ref"].rsplit("/", 1)[1]] if "$ref" in found else found


BODIES = [
    pytest.param(content, id=f"{method} {path}")
    for method, path, operation in operations()
    for content in operation.get("requestBody", {}).get("content", {}).values()
]


@pytest.mark.parametrize("content", BODIES)
def test_every_body_has_an_example_that_fits_its_schema(content: dict[str, Any]) -> None:
    schema = _schema(content)
    examples = [*schema.get("examples", []), *([content["example"]] if "example" in content else [])]
    assert examples
    whole = {**schema, "components": DOCUMENT["components"]}
    for example in examples:
        jsonschema_rs.validate(whole, example)


def test_what_has_to_be_signed_says_so() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert schemes["OAuth2PasswordBearer"]["flows"]["password"]["tokenUrl"] == "/api/v1/auth/token"
    assert schemes["ApiKeySignature"]["name"] == "X-NextPanel-Signature"
    signed = {path for _, path, operation in operations() if {"ApiKeySignature": []} in operation.get("security", [])}
    assert {"/api/v1/nextpanel/validate-license", "/api/v1/billing/usage"} <= signed


def test_no_private_thing_is_in_it() -> None:
    text = json.dumps(DOCUMENT)
    for word in ("password_hash", "secret_encrypted", "key_encrypted", "blind_index", "127.0.0.1", "sk_test", "whsec"):
        assert word not in text
    # Secrets are answered in two places only: the new API key, and what the browser pays with.
    assert {name for name, model in MODELS.items() if "secret" in model.get("properties", {})} == {"CreatedApiKeyOut"}
    assert {name for name, model in MODELS.items() if "client_secret" in model.get("properties", {})} == {
        "CardSetupOut",
        "InvoicePaymentOut",
        "OrderPlaced",
        "OrderPaymentOut",
        "PlanChangeOut",
        "ResumeOut",
        "TokenForm",
    }
