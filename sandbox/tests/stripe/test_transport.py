"""Keys, URLs, versions, error bodies, pages, expansion and faults: what every endpoint has in common."""

import base64
import time
from typing import Any

import httpx
import pytest
import stripe

from tests.process import SandboxProcess, http
from tests.stripe.story import SECRET_KEY, Story, browser, client_for, client_secret, intent_id


def get(sandbox: SandboxProcess, path: str, **headers: str) -> httpx.Response:
    """A GET past the SDK."""
    return http("GET", f"{sandbox.url}/stripe/v1{path}", headers=headers)


def test_keys(sandbox: SandboxProcess) -> None:
    missing = get(sandbox, "/customers")
    assert missing.status_code == 401
    assert missing.json()["error"]["message"].startswith("You did not provide an API key.")
    wrong = get(sandbox, "/customers", Authorization="Bearer sk_test_abcdefghijklmnop")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["message"].startswith("Invalid API Key provided: sk_test_***")
    assert "abcdefghijkl" not in wrong.text
    basic = base64.b64encode(f"{SECRET_KEY}:".encode()).decode()
    assert get(sandbox, "/customers", Authorization=f"Basic {basic}").status_code == 200
    assert get(sandbox, "/customers", Authorization="Bearer sk_live_x").status_code == 401


def test_publishable_key_can_do_little(story: Story, sandbox: SandboxProcess) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    intent = intent_id(subscription)
    with browser(sandbox.url) as web:
        refused = web.get("/customers")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "secret_key_required")
        assert web.get(f"/payment_intents/{intent}").status_code == 400
        assert web.get(f"/payment_intents/{intent}", params={"client_secret": "x"}).status_code == 404
        seen = web.get(f"/payment_intents/{intent}", params={"client_secret": client_secret(subscription)}).json()
        assert seen["amount"] == 2900
        assert {"customer", "metadata", "latest_charge"} & set(seen) == set()
        asked = web.options(
            f"/payment_intents/{intent}/confirm",
            headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"},
        )
        assert asked.status_code == 200
        assert "POST" in asked.headers["access-control-allow-methods"]
        wrong = web.post(
            f"/payment_intents/{intent}/confirm", data={"payment_method": "pm_card_visa", "client_secret": "no"}
        )
        assert wrong.status_code == 404
    assert story.v1.payment_intents.retrieve(intent).status == "requires_payment_method"


def test_unknown_urls_objects_and_versions(story: Story, sandbox: SandboxProcess) -> None:
    auth = {"Authorization": f"Bearer {SECRET_KEY}"}
    nowhere = get(sandbox, "/nowhere", **auth)
    assert nowhere.status_code == 404
    assert nowhere.json()["error"]["message"].startswith("Unrecognized request URL (GET: /v1/nowhere).")
    unknown = get(sandbox, "/customers/cus_none", **auth)
    assert unknown.status_code == 404
    error = unknown.json()["error"]
    assert (error["code"], error["message"], error["param"]) == (
        "resource_missing",
        "No such customer: 'cus_none'",
        "id",
    )
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.subscribe("cus_none", story.price().id)
    assert (caught.value.http_status, caught.value.param) == (400, "customer")
    old = get(sandbox, "/customers", **auth, **{"Stripe-Version": "2020-08-27"})
    assert old.status_code == 400
    assert get(sandbox, "/customers", **auth).headers["stripe-version"] == stripe.api_version
    as_json = http("POST", f"{sandbox.url}/stripe/v1/customers", json={"name": "x"}, headers=auth)
    assert as_json.status_code == 400
    assert "application/x-www-form-urlencoded" in as_json.json()["error"]["message"]


def test_pages(story: Story) -> None:
    ids = [story.customer(name=str(number)).id for number in range(7)][::-1]
    first = story.v1.customers.list({"limit": 3})
    assert ([item.id for item in first.data], first.has_more, first.url) == (ids[:3], True, "/v1/customers")
    second = story.v1.customers.list({"limit": 3, "starting_after": ids[2]})
    assert [item.id for item in second.data] == ids[3:6]
    back = story.v1.customers.list({"limit": 2, "ending_before": ids[4]})
    assert ([item.id for item in back.data], back.has_more) == (ids[2:4], True)
    assert [item.id for item in story.v1.customers.list({"limit": 2}).auto_paging_iter()] == ids
    assert story.v1.customers.list({"email": "nobody@example.com"}).data == []
    for wrong in ({"limit": 101}, {"limit": 0}, {"starting_after": "cus_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            story.v1.customers.list(wrong)  # type: ignore[arg-type] # refused is the point


def test_expansion(story: Story) -> None:
    subscription, intent = story.purchase()
    got = story.v1.subscriptions.retrieve(
        subscription.id, {"expand": ["customer", "latest_invoice.payments", "items.data.price.product"]}
    )
    assert isinstance(got.customer, stripe.Customer)
    assert isinstance(got.items.data[0].price.product, stripe.Product)
    listed = story.v1.subscriptions.list({"expand": ["data.latest_invoice.confirmation_secret"]}).data[0]
    assert isinstance(listed.latest_invoice, stripe.Invoice)
    assert listed.latest_invoice.confirmation_secret is not None
    paid_by = story.v1.invoices.retrieve(
        str(subscription.latest_invoice), {"expand": ["payments.data.payment.payment_intent"]}
    ).payments
    assert paid_by is not None
    assert isinstance(paid_by.data[0].payment.payment_intent, stripe.PaymentIntent)
    plain = story.v1.invoices.retrieve(str(subscription.latest_invoice)).to_dict()
    assert not {"payments", "confirmation_secret"} & set(plain), "absent unless asked for"
    customer = story.v1.customers.retrieve(str(subscription.customer), {"expand": ["subscriptions", "sources"]})
    assert customer.subscriptions is not None
    assert [item.id for item in customer.subscriptions.data] == [subscription.id]
    charge = story.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["payment_intent.customer"]})
    assert isinstance(charge.payment_intent, stripe.PaymentIntent)
    assert isinstance(charge.payment_intent.customer, stripe.Customer)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("latest_invoice.payments.data.payment.payment_intent", "property_expansion_max_depth"),
        ("status", None),
        ("nothing", None),
        ("latest_invoice.payment_intent", None),
        ("customer.email", None),
    ],
)
def test_expansion_refused(story: Story, path: str, code: str | None) -> None:
    subscription = story.subscribe(story.customer().id, story.price().id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.v1.subscriptions.retrieve(subscription.id, {"expand": [path]})
    assert caught.value.code == code
    assert path in str(caught.value.user_message)


def test_server_errors_and_limits(story: Story, sandbox: SandboxProcess) -> None:
    sandbox.arm("customers.create", "error_500")
    with pytest.raises(stripe.APIError):
        story.customer()
    sandbox.arm("customers.create", "error_429")
    with pytest.raises(stripe.RateLimitError) as limited:
        story.customer()
    assert limited.value.error is not None
    assert limited.value.error.code == "rate_limit"
    sandbox.arm("customers.create", "error_500")
    with client_for(sandbox.url, max_network_retries=1) as patient:
        patient.v1.customers.create({"name": "once"}, {"idempotency_key": "retry-1"})
    assert len(story.v1.customers.list().data) == 1, "an unrecorded failure may be tried again with its key"
    sandbox.arm("customers.create", "error_500_saved")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            story.v1.customers.create({"name": "never"}, {"idempotency_key": "retry-2"})
    assert len(story.v1.customers.list().data) == 1


@pytest.mark.parametrize("hang", [0.0, 0.3])
def test_answer_lost_after_commit(story: Story, sandbox: SandboxProcess, hang: float) -> None:
    sandbox.arm("subscriptions.create", "timeout_after_commit", seconds=hang)
    customer, price = story.customer().id, story.price().id
    request: Any = {"customer": customer, "items": [{"price": price}], "payment_behavior": "default_incomplete"}
    started = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        story.v1.subscriptions.create(request, {"idempotency_key": "sub-1"})
    assert time.monotonic() - started >= hang
    again = story.v1.subscriptions.create(request, {"idempotency_key": "sub-1"})
    found = story.v1.subscriptions.list({"status": "all", "customer": customer}).data
    assert [item.id for item in found] == [again.id], "the retry found the first effect instead of a second one"


def test_decline_next(story: Story, sandbox: SandboxProcess) -> None:
    assert sandbox.admin.post("/stripe/decline-next", json={"decline_code": "do_not_honor"}).status_code == 201
    subscription = story.subscribe(story.customer().id, story.price().id)
    with pytest.raises(stripe.CardError) as caught:
        story.confirm(intent_id(subscription))
    assert caught.value.error is not None
    assert caught.value.error.decline_code == "do_not_honor"
    assert story.confirm(intent_id(subscription)).status == "succeeded"


def test_journal_shows_requests_without_secrets(story: Story, sandbox: SandboxProcess) -> None:
    with browser(sandbox.url) as web:
        web.post("/payment_methods", data={"type": "card", "card[number]": "4242424242424242", "card[cvc]": "737"})
    story.customer(email="seen@example.com")
    journal = sandbox.admin.get("/journal", params={"vendor": "stripe", "limit": "2"})
    assert "seen@example.com" in journal.text
    assert "4242424242424242" not in journal.text
    assert "737" not in journal.text.replace(" ", "").split('"cvc":')[1][:12]
    assert SECRET_KEY not in journal.text
    newest = journal.json()["requests"][0]
    assert (newest["operation"], newest["status"], newest["method"]) == ("customers.create", 200, "POST")
