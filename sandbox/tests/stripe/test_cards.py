"""What test cards do: declines, authentication, methods that belong to someone else."""

import pytest
import stripe

from tests.process import SandboxProcess, http
from tests.stripe.story import Story, browser, card, client_secret, intent_id

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline"),
    ("4000000000009995", "card_declined", "insufficient_funds"),
    ("4000000000009987", "card_declined", "lost_card"),
    ("4000000000009979", "card_declined", "stolen_card"),
    ("4000000000000069", "expired_card", "expired_card"),
    ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
    ("4000000000000119", "processing_error", "processing_error"),
    ("4000000000000341", "card_declined", "generic_decline"),
]


@pytest.mark.parametrize(("number", "code", "decline_code"), DECLINES)
def test_declined_confirmation(
    story: Story, sandbox: SandboxProcess, number: str, code: str, decline_code: str
) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    with browser(sandbox.url) as web:
        method = web.post("/payment_methods", data=card(number)).raise_for_status().json()["id"]
    with pytest.raises(stripe.CardError) as caught:
        story.confirm(intent_id(subscription), method)
    assert caught.value.http_status == 402
    assert caught.value.code == code
    assert caught.value.error is not None
    assert caught.value.error.decline_code == decline_code
    assert caught.value.error.payment_intent is not None
    assert caught.value.error.payment_intent.status == "requires_payment_method"
    intent = story.v1.payment_intents.retrieve(intent_id(subscription), {"expand": ["latest_charge"]})
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("failed", False)
    assert intent.payment_method is None
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.payment_method is not None
    assert intent.last_payment_error.payment_method.id == method
    now = story.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert isinstance(now.latest_invoice, stripe.Invoice)
    assert (now.status, now.latest_invoice.status, now.latest_invoice.attempt_count) == ("incomplete", "open", 1)
    assert {"charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"} <= story.event_types()


def test_a_declined_customer_can_pay_with_another_card(story: Story) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    with pytest.raises(stripe.CardError):
        story.confirm(intent_id(subscription), "pm_card_chargeDeclinedInsufficientFunds")
    assert story.confirm(intent_id(subscription)).status == "succeeded"
    now = story.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert isinstance(now.latest_invoice, stripe.Invoice)
    assert (now.status, now.latest_invoice.attempt_count) == ("active", 1)
    charges = story.v1.charges.list({"payment_intent": intent_id(subscription)}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize("number", ["4000002500003155", "4000000000003220"])
def test_authentication_completed_by_the_customer(story: Story, sandbox: SandboxProcess, number: str) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    with browser(sandbox.url) as web:
        method = web.post("/payment_methods", data=card(number)).raise_for_status().json()["id"]
        confirm = {
            "payment_method": method,
            "client_secret": client_secret(subscription),
            "return_url": "http://127.0.0.1:3001/done?order=1",
        }
        waiting = web.post(f"/payment_intents/{intent_id(subscription)}/confirm", data=confirm).json()
        assert waiting["status"] == "requires_action"
        assert waiting["next_action"]["type"] == "redirect_to_url"
        page = waiting["next_action"]["redirect_to_url"]["url"]
        assert "Complete authentication" in web.get(page).text
        bank = page.split("?", maxsplit=1)[0]
        back = web.post(f"{bank}/complete", data={"client_secret": client_secret(subscription)})
    assert back.status_code == 303
    assert back.headers["location"].startswith("http://127.0.0.1:3001/done?order=1&payment_intent=pi_")
    assert "redirect_status=succeeded" in back.headers["location"]
    assert story.v1.subscriptions.retrieve(subscription.id).status == "active"
    charge = story.v1.charges.list({"payment_intent": intent_id(subscription)}).data[0]
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.three_d_secure is not None
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert {"payment_intent.requires_action", "invoice.payment_action_required"} <= story.event_types()


def test_failed_authentication_asks_for_another_card(story: Story, sandbox: SandboxProcess) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    intent = story.confirm(intent_id(subscription), "pm_card_threeDSecure2Required")
    assert intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"
    url = f"{sandbox.url}/stripe/3ds/{intent.id}/fail"
    headers = {"Accept": "application/json"}
    assert http("POST", url, data={"client_secret": "wrong"}, headers=headers).status_code == 404
    answer = http("POST", url, data={"client_secret": str(intent.client_secret)}, headers=headers).json()
    assert answer["status"] == "requires_payment_method"
    assert answer["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    again = http("POST", url, data={"client_secret": str(intent.client_secret)}, headers=headers)
    assert again.status_code == 409, "a bank's page cannot be answered twice"
    assert story.v1.subscriptions.retrieve(subscription.id).status == "incomplete"


def test_off_session_payment_of_a_card_that_wants_its_owner(story: Story) -> None:
    intent = story.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    with pytest.raises(stripe.CardError) as caught:
        story.v1.payment_intents.confirm(
            intent.id, {"payment_method": "pm_card_authenticationRequired", "off_session": True}
        )
    assert caught.value.code == "authentication_required"
    assert story.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_declined_card_cannot_be_attached_but_0341_can(story: Story) -> None:
    customer = story.customer()
    with pytest.raises(stripe.CardError):
        story.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    attached = story.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    assert attached.customer == customer.id
    assert [found.id for found in story.v1.customers.payment_methods.list(customer.id).data] == [attached.id]
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        story.v1.payment_methods.attach(attached.id, {"customer": story.customer().id})


def test_foreign_card_cannot_pay(story: Story) -> None:
    mine = story.v1.payment_methods.attach("pm_card_visa", {"customer": story.customer().id})
    subscription = story.subscribe(story.customer().id, story.price().id)
    with pytest.raises(stripe.InvalidRequestError, match="belongs to a different Customer"):
        story.confirm(intent_id(subscription), mine.id)
    assert story.v1.payment_intents.retrieve(intent_id(subscription)).status == "requires_payment_method"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4242424242424241", "incorrect_number"),
        ("4111111111111111", "card_declined"),
        ("abcd", "invalid_number"),
    ],
)
def test_numbers_that_are_no_test_cards(sandbox: SandboxProcess, number: str, code: str) -> None:
    with browser(sandbox.url) as web:
        answer = web.post("/payment_methods", data=card(number))
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, code)
    assert sandbox.admin.get("/state").json()["collections"].get("stripe_payment_method") is None


def test_expired_date_is_refused(sandbox: SandboxProcess) -> None:
    with browser(sandbox.url) as web:
        answer = web.post("/payment_methods", data={**card("4242424242424242"), "card[exp_year]": "2020"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "invalid_expiry_year")


def test_detached_card_is_nobodys_default(story: Story) -> None:
    subscription, _ = story.purchase()
    method = str(subscription.default_payment_method)
    story.v1.customers.update(str(subscription.customer), {"invoice_settings": {"default_payment_method": method}})
    assert story.v1.payment_methods.detach(method).customer is None
    assert story.v1.subscriptions.retrieve(subscription.id).default_payment_method is None
    settings = story.v1.customers.retrieve(str(subscription.customer)).invoice_settings
    assert settings is not None
    assert settings.default_payment_method is None


def test_setup_intent_makes_a_card_ready(story: Story) -> None:
    customer = story.customer()
    intent = story.v1.setup_intents.create({"customer": customer.id})
    assert intent.status == "requires_payment_method"
    done = story.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert done.status == "succeeded"
    assert story.v1.payment_methods.retrieve(str(done.payment_method)).customer == customer.id
    assert {"setup_intent.created", "setup_intent.succeeded", "payment_method.attached"} <= story.event_types()
    refused = story.v1.setup_intents.create({"customer": customer.id})
    with pytest.raises(stripe.CardError):
        story.v1.setup_intents.confirm(refused.id, {"payment_method": "pm_card_chargeDeclined"})
    assert story.v1.setup_intents.cancel(refused.id).status == "canceled"


def test_card_set_up_with_its_owner_is_good_off_session(story: Story, sandbox: SandboxProcess) -> None:
    customer = story.customer()
    setup = story.v1.setup_intents.create({"customer": customer.id})
    waiting = story.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_authenticationRequiredOnSetup"})
    assert waiting.status == "requires_action"
    http("POST", f"{sandbox.url}/stripe/3ds/{setup.id}/complete", data={"client_secret": str(setup.client_secret)})
    method = str(story.v1.setup_intents.retrieve(setup.id).payment_method)
    paid = story.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": method,
            "off_session": True,
            "confirm": True,
        }
    )
    assert paid.status == "succeeded"
