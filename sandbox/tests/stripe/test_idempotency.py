"""Idempotency keys: one effect, the first answer again, whatever that was."""

import threading

import httpx
import pytest
import stripe

from tests.process import SandboxProcess, http
from tests.stripe.story import SECRET_KEY, Story, intent_id


def post(sandbox: SandboxProcess, path: str, key: str, **data: str) -> httpx.Response:
    """A POST with a key, past the SDK."""
    headers = {"Authorization": f"Bearer {SECRET_KEY}", "Idempotency-Key": key}
    return http("POST", f"{sandbox.url}/stripe/v1{path}", data=data, headers=headers)


def test_same_key_same_answer_one_effect(sandbox: SandboxProcess, story: Story) -> None:
    first = post(sandbox, "/customers", "k-1", email="a@example.com", name="A")
    again = post(sandbox, "/customers", "k-1", name="A", email="a@example.com")
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert again.headers["request-id"] != first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert len(story.v1.customers.list().data) == 1


def test_same_key_other_parameters(sandbox: SandboxProcess) -> None:
    post(sandbox, "/customers", "k-2", email="a@example.com")
    for path, data in (("/customers", {"email": "b@example.com"}), ("/products", {"name": "x"})):
        clash = post(sandbox, path, "k-2", **data)
        assert clash.status_code == 400
        assert clash.json()["error"]["type"] == "idempotency_error"
        assert "Try using a key other than 'k-2'" in clash.json()["error"]["message"]


def test_sdk_sees_an_idempotency_error(story: Story) -> None:
    story.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "k-3"})
    with pytest.raises(stripe.IdempotencyError):
        story.v1.customers.create({"email": "b@example.com"}, {"idempotency_key": "k-3"})


def test_a_decline_is_repeated_not_retried(story: Story) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    seen = []
    for method in ("pm_card_chargeDeclined", "pm_card_chargeDeclined"):
        with pytest.raises(stripe.CardError) as caught:
            story.v1.payment_intents.confirm(
                intent_id(subscription), {"payment_method": method}, {"idempotency_key": "pay-1"}
            )
        assert caught.value.error is not None
        seen.append(caught.value.error.charge)
    assert seen[0] == seen[1]
    assert len(story.v1.charges.list({"payment_intent": intent_id(subscription)}).data) == 1


def test_refused_parameters_leave_the_key_free(sandbox: SandboxProcess) -> None:
    assert post(sandbox, "/products", "k-4", nme="x").status_code == 400
    corrected = post(sandbox, "/products", "k-4", name="x")
    assert corrected.status_code == 200
    assert "idempotent-replayed" not in corrected.headers


def test_refusal_after_execution_began_is_kept(sandbox: SandboxProcess) -> None:
    first = post(sandbox, "/payment_methods/pm_card_visa/attach", "k-5", customer="cus_missing")
    again = post(sandbox, "/payment_methods/pm_card_visa/attach", "k-5", customer="cus_missing")
    assert first.status_code == again.status_code == 400
    assert again.headers["idempotent-replayed"] == "true"


def test_a_key_in_use(sandbox: SandboxProcess, story: Story) -> None:
    sandbox.arm("customers.create", "slow", seconds=1.0)
    answers: list[httpx.Response] = []
    slow = threading.Thread(target=lambda: answers.append(post(sandbox, "/customers", "k-6", name="A")))
    slow.start()
    busy = None
    while slow.is_alive() and (busy is None or busy.status_code != 409):
        busy = post(sandbox, "/customers", "k-6", name="A")
    slow.join()
    assert busy is not None
    statuses = {busy.status_code, answers[0].status_code}
    assert statuses == {409, 200}
    conflict = next(answer for answer in (busy, answers[0]) if answer.status_code == 409)
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    assert len(story.v1.customers.list().data) == 1


def test_keys_are_forgotten_after_a_day(sandbox: SandboxProcess, story: Story) -> None:
    post(sandbox, "/customers", "k-7", name="A")
    sandbox.advance(24 * 3600 + 1)
    assert "idempotent-replayed" not in post(sandbox, "/customers", "k-7", name="A").headers
    assert len(story.v1.customers.list().data) == 2


def test_key_length(sandbox: SandboxProcess) -> None:
    assert post(sandbox, "/customers", "k" * 255, name="A").status_code == 200
    assert post(sandbox, "/customers", "k" * 256, name="A").status_code == 400
