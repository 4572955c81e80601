"""States of payment and setup intents: reserved money, tokens, authentication with the owner there and away."""

from typing import Any

import pytest
import stripe

from tests.process import SandboxProcess, http
from tests.stripe.story import Story, browser, card, intent_id


def intent(story: Story, **more: Any) -> stripe.PaymentIntent:
    """A payment of ten dollars."""
    request: Any = {"amount": 1000, "currency": "usd", **more}
    return story.v1.payment_intents.create(request)


def answer_bank(sandbox: SandboxProcess, waiting: stripe.PaymentIntent | stripe.SetupIntent, outcome: str) -> None:
    """The customer answers the bank's question."""
    url = f"{sandbox.url}/stripe/3ds/{waiting.id}/{outcome}"
    http("POST", url, data={"client_secret": str(waiting.client_secret)}).raise_for_status()


def kinds(story: Story) -> list[str]:
    """Kinds of all events, oldest first."""
    return [event.type for event in reversed(story.events())]


def test_every_state_on_the_way(story: Story) -> None:
    made = intent(story)
    assert (made.status, made.amount_received, made.latest_charge) == ("requires_payment_method", 0, None)
    chosen = story.v1.payment_intents.update(made.id, {"payment_method": "pm_card_visa"})
    assert chosen.status == "requires_confirmation"
    paid = story.v1.payment_intents.confirm(made.id)
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)
    for action in ("confirm", "cancel", "capture"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            getattr(story.v1.payment_intents, action)(made.id)
        assert refused.value.code == "payment_intent_unexpected_state"
        assert refused.value.error is not None
        assert refused.value.error.payment_intent is not None
        assert refused.value.error.payment_intent.id == made.id
    canceled = story.v1.payment_intents.cancel(intent(story).id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")


def test_reserved_money_is_taken_in_part(story: Story) -> None:
    held = intent(story, capture_method="manual", payment_method="pm_card_visa", confirm=True)
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 1000, 0)
    charge = story.v1.charges.retrieve(str(held.latest_charge))
    assert (charge.captured, charge.amount_captured, charge.balance_transaction) == (False, 0, None)
    with pytest.raises(stripe.InvalidRequestError, match="greater than the amount you can capture"):
        story.v1.payment_intents.capture(held.id, {"amount_to_capture": 1001})
    taken = story.v1.payment_intents.capture(held.id, {"amount_to_capture": 400})
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 400)
    seen = kinds(story)
    assert seen.index("payment_intent.amount_capturable_updated") < seen.index("charge.captured")
    assert seen[-1] == "payment_intent.succeeded"
    assert sum(entry.amount for entry in story.v1.balance_transactions.list().data) == 400


def test_reserved_money_is_disputed_once_taken(story: Story) -> None:
    held = intent(story, capture_method="manual", payment_method="pm_card_createDispute", confirm=True)
    assert story.v1.disputes.list().data == []
    story.v1.payment_intents.capture(held.id, {"amount_to_capture": 400})
    assert [dispute.amount for dispute in story.v1.disputes.list().data] == [400]


def test_reserved_money_is_let_go(story: Story) -> None:
    held = intent(story, capture_method="manual", payment_method="pm_card_visa", confirm=True)
    assert story.v1.payment_intents.cancel(held.id).status == "canceled"
    charge = story.v1.charges.retrieve(str(held.latest_charge))
    assert (charge.refunded, charge.amount_refunded, charge.captured) == (True, 1000, False)
    assert story.v1.balance_transactions.list().data == []


def test_create_and_confirm_makes_one_payment_method(story: Story, sandbox: SandboxProcess) -> None:
    customer = story.customer()
    intent(story, customer=customer.id, payment_method="pm_card_visa", confirm=True, setup_future_usage="off_session")
    assert sandbox.admin.get("/state").json()["collections"]["stripe_payment_method"] == 1
    assert len(story.v1.customers.payment_methods.list(customer.id).data) == 1


def test_the_merchant_may_ask_for_authentication_of_any_card(story: Story, sandbox: SandboxProcess) -> None:
    options: Any = {"card": {"request_three_d_secure": "any"}}
    waiting = intent(story, payment_method="pm_card_visa", confirm=True, payment_method_options=options)
    assert waiting.status == "requires_action"
    answer_bank(sandbox, waiting, "complete")
    assert story.v1.payment_intents.retrieve(waiting.id).status == "succeeded"
    setup = story.v1.setup_intents.create(
        {"payment_method": "pm_card_visa", "confirm": True, "payment_method_options": options}
    )
    assert setup.status == "requires_action"


def test_payment_method_types_are_gone(story: Story) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intent(story, payment_method_types=["card"])
    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "payment_method_types")
    request: Any = {"payment_method_types": ["card"]}
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: payment_method_types"):
        story.v1.setup_intents.create(request)
    chosen = intent(story, allowed_payment_method_types=["card"], automatic_payment_methods={"enabled": True})
    assert chosen.allowed_payment_method_types == ["card"]


def test_confirmation_token_is_good_once(story: Story, sandbox: SandboxProcess) -> None:
    token = story.v1.test_helpers.confirmation_tokens.create(
        {"payment_method": "pm_card_visa", "setup_future_usage": "off_session", "return_url": "https://shop.test/done"}
    )
    assert token.payment_method_preview is not None
    assert token.payment_method_preview.card is not None
    assert token.payment_method_preview.card.last4 == "4242"
    customer = story.customer().id
    paid = intent(story, customer=customer, confirm=True, confirmation_token=token.id)
    assert (paid.status, paid.setup_future_usage) == ("succeeded", "off_session")
    assert story.v1.confirmation_tokens.retrieve(token.id).payment_intent == paid.id
    assert len(story.v1.customers.payment_methods.list(customer).data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="was used already"):
        intent(story, confirm=True, confirmation_token=token.id)
    with pytest.raises(stripe.InvalidRequestError, match="when confirm=true"):
        intent(story, confirmation_token=token.id)
    second = story.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    setup = story.v1.setup_intents.create({"confirm": True, "confirmation_token": second.id})
    assert setup.status == "succeeded"
    late = story.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    sandbox.advance(12 * 3600 + 1)
    with pytest.raises(stripe.InvalidRequestError, match="has expired"):
        intent(story, confirm=True, confirmation_token=late.id)


def test_card_token_is_good_once(story: Story, sandbox: SandboxProcess) -> None:
    with browser(sandbox.url) as web:
        fields = {name: value for name, value in card("4000000000009995").items() if name != "type"}
        made = web.post("/tokens", data=fields).raise_for_status().json()
        assert web.get(f"/tokens/{made['id']}").status_code == 401
        assert web.post("/tokens", data={}).status_code == 400
    data: Any = {"type": "card", "card": {"token": made["id"]}}
    method = story.v1.payment_methods.create(data)
    assert method.card is not None
    assert (method.card.last4, method.card.exp_year) == ("9995", 2035)
    assert story.v1.tokens.retrieve(made["id"]).used is True
    with pytest.raises(stripe.InvalidRequestError, match="more than once"):
        story.v1.payment_methods.create(data)
    with pytest.raises(stripe.CardError, match="insufficient funds"):
        intent(story, payment_method=method.id, confirm=True)


@pytest.mark.parametrize(
    ("method", "set_up", "off_session"),
    [
        ("pm_card_authenticationRequiredOnSetup", False, "refused"),
        ("pm_card_authenticationRequiredOnSetup", True, "succeeded"),
        ("pm_card_authenticationRequiredSetupForOffSession", False, "succeeded"),
        ("pm_card_authenticationRequired", True, "refused"),
    ],
)
def test_cards_without_their_owner(
    story: Story, sandbox: SandboxProcess, method: str, set_up: bool, off_session: str
) -> None:
    customer = story.customer().id
    if set_up:
        setup = story.v1.setup_intents.create({"customer": customer, "payment_method": method, "confirm": True})
        answer_bank(sandbox, setup, "complete")
        chosen = str(story.v1.setup_intents.retrieve(setup.id).payment_method)
    else:
        chosen = story.v1.payment_methods.attach(method, {"customer": customer}).id
    charge: Any = {"customer": customer, "payment_method": chosen, "confirm": True, "off_session": True}
    if off_session == "succeeded":
        assert intent(story, **charge).status == "succeeded"
        return
    with pytest.raises(stripe.CardError) as refused:
        intent(story, **charge)
    assert (refused.value.http_status, refused.value.code) == (402, "authentication_required")
    failed = story.v1.payment_intents.list({"customer": customer}).data[0]
    assert failed.status == "requires_payment_method"
    there = story.v1.payment_intents.confirm(failed.id, {"payment_method": chosen})
    assert there.status == "requires_action"
    answer_bank(sandbox, there, "complete")
    assert story.v1.payment_intents.retrieve(failed.id).status == "succeeded"


def test_attempts_to_set_up_are_kept(story: Story, sandbox: SandboxProcess) -> None:
    setup = story.v1.setup_intents.create({"customer": story.customer().id})
    with pytest.raises(stripe.CardError):
        story.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_chargeDeclined"})
    waiting = story.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_authenticationRequired"})
    answer_bank(sandbox, waiting, "fail")
    failed = story.v1.setup_intents.retrieve(setup.id)
    assert failed.last_setup_error is not None
    assert failed.last_setup_error.code == "setup_intent_authentication_failure"
    waiting = story.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_authenticationRequired"})
    answer_bank(sandbox, waiting, "complete")
    attempts = story.v1.setup_attempts.list({"setup_intent": setup.id}).data
    assert [attempt.status for attempt in attempts] == ["succeeded", "failed", "failed"]
    assert story.v1.setup_intents.retrieve(setup.id).latest_attempt == attempts[0].id
    assert attempts[0].payment_method_details.card is not None
    assert attempts[0].payment_method_details.card.three_d_secure is not None
    assert kinds(story).count("setup_intent.setup_failed") == 2
    assert kinds(story)[-1] == "payment_method.attached"


def test_a_subscription_keeps_the_card_its_owner_authenticated(story: Story, sandbox: SandboxProcess) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    waiting = story.confirm(intent_id(subscription), "pm_card_authenticationRequiredOnSetup")
    assert waiting.status == "requires_action"
    assert story.v1.subscriptions.retrieve(subscription.id).status == "incomplete"
    answer_bank(sandbox, waiting, "complete")
    active = story.v1.subscriptions.retrieve(subscription.id)
    assert (active.status, active.default_payment_method) == ("active", waiting.payment_method)


def test_too_little_money(story: Story) -> None:
    for code, amount in (("usd", 49), ("eur", 49), ("jpy", 49)):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            intent(story, amount=amount, currency=code)
        assert refused.value.code == "amount_too_small"


@pytest.mark.parametrize(("method", "status"), [("pm_card_visa", "succeeded"), ("pm_card_chargeDeclined", "failed")])
def test_a_bank_that_takes_its_time(story: Story, sandbox: SandboxProcess, method: str, status: str) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    sandbox.arm("charge", "processing", seconds=600)
    assert story.confirm(intent_id(subscription), method).status == "processing"
    with pytest.raises(stripe.InvalidRequestError, match="a status of processing"):
        story.confirm(intent_id(subscription), method)
    assert story.v1.subscriptions.retrieve(subscription.id).status == "incomplete"
    sandbox.advance(601)
    done = story.v1.payment_intents.retrieve(intent_id(subscription), {"expand": ["latest_charge"]})
    assert done.processing is None
    assert isinstance(done.latest_charge, stripe.Charge)
    assert done.latest_charge.status == status
    expected = ("succeeded", "active") if status == "succeeded" else ("requires_payment_method", "incomplete")
    assert (done.status, story.v1.subscriptions.retrieve(subscription.id).status) == expected
    assert "payment_intent.processing" in kinds(story)
