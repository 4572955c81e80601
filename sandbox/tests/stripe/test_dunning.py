"""Failed renewals: retries by schedule, what follows the last, and every way back."""

from typing import Any

import pytest
import stripe

from tests.stripe.timeline import DAY, HOUR, Timeline, period


def failing(timeline: Timeline, method: str = "pm_card_chargeCustomerFail", **more: Any) -> stripe.Subscription:
    """A subscription whose renewal has just failed."""
    subscription = timeline.running(**more)
    timeline.pay_with(str(subscription.customer), method)
    timeline.go_to(period(subscription)[1] + HOUR)
    return timeline.again(subscription)


def test_a_failed_renewal_is_past_due_and_will_be_tried_again(timeline: Timeline) -> None:
    timeline.settings(retry_days=[3, 5])
    subscription = failing(timeline)
    invoice = timeline.invoices(subscription)[0]
    end = int(invoice.lines.data[0].period.start)
    assert subscription.status == "past_due"
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt == end + HOUR + 3 * DAY
    assert {"charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"} <= timeline.event_types()
    told = timeline.types_of(subscription.id)
    assert told.count("customer.subscription.updated") >= 2
    failed = timeline.event("invoice.payment_failed").data.object
    assert (failed["attempt_count"], failed["next_payment_attempt"]) == (1, invoice.next_payment_attempt)
    timeline.go_to(end + HOUR + 3 * DAY)
    second = timeline.v1.invoices.retrieve(str(invoice.id))
    assert (second.attempt_count, second.next_payment_attempt) == (2, end + HOUR + 5 * DAY)


@pytest.mark.parametrize(
    ("outcome", "status"), [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due")]
)
def test_what_follows_the_last_retry(timeline: Timeline, outcome: str, status: str) -> None:
    timeline.settings(retry_days=[1, 2], after_retries=outcome)
    subscription = failing(timeline)
    timeline.go_to(timeline.now + 3 * DAY)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.attempt_count, invoice.next_payment_attempt, invoice.status) == (3, None, "open")
    now = timeline.again(subscription)
    assert now.status == status
    if outcome == "cancel":
        assert now.cancellation_details is not None
        assert now.cancellation_details.reason == "payment_failed"
        assert timeline.event("customer.subscription.deleted").data.object["id"] == subscription.id


def test_in_unpaid_new_invoices_stay_drafts(timeline: Timeline) -> None:
    timeline.settings(retry_days=[1], after_retries="unpaid", mark_uncollectible=True)
    subscription = failing(timeline)
    timeline.go_to(period(subscription)[1] + 2 * DAY)
    assert [invoice.status for invoice in timeline.invoices(subscription)] == ["draft", "uncollectible", "paid"]
    timeline.pay_with(str(subscription.customer), "pm_card_visa")
    timeline.v1.invoices.pay(str(timeline.invoices(subscription)[0].id))
    assert timeline.again(subscription).status == "active"


def test_a_retry_takes_the_new_card(timeline: Timeline) -> None:
    timeline.settings(retry_days=[2])
    subscription = failing(timeline)
    timeline.pay_with(str(subscription.customer), "pm_card_visa")
    timeline.go_to(timeline.now + 2 * DAY)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.status, invoice.attempt_count, timeline.again(subscription).status) == ("paid", 2, "active")


def test_the_customer_pays_the_open_invoice_on_session(timeline: Timeline) -> None:
    subscription = failing(timeline)
    invoice = timeline.v1.invoices.retrieve(
        str(timeline.invoices(subscription)[0].id), {"expand": ["confirmation_secret"]}
    )
    assert invoice.confirmation_secret is not None
    intent = invoice.confirmation_secret.client_secret.split("_secret_")[0]
    with pytest.raises(stripe.CardError):
        timeline.confirm(intent, "pm_card_chargeDeclinedInsufficientFunds")
    assert timeline.v1.invoices.retrieve(str(invoice.id)).attempt_count == 1, "only retries count"
    timeline.confirm(intent)
    assert timeline.again(subscription).status == "active"
    paid = timeline.v1.invoices.retrieve(str(invoice.id))
    assert (paid.status, paid.next_payment_attempt) == ("paid", None)
    charges = len(timeline.v1.charges.list({"customer": str(subscription.customer)}).data)
    timeline.go_to(timeline.now + 20 * DAY)
    assert len(timeline.v1.charges.list({"customer": str(subscription.customer)}).data) == charges, "no more retries"


def test_voiding_what_is_owed_makes_it_active_again(timeline: Timeline) -> None:
    subscription = failing(timeline)
    timeline.v1.invoices.void_invoice(str(timeline.invoices(subscription)[0].id))
    assert timeline.again(subscription).status == "active"


def test_paying_an_older_invoice_is_not_enough(timeline: Timeline) -> None:
    timeline.settings(retry_days=[1], after_retries="past_due")
    subscription = failing(timeline)
    timeline.go_to(period(subscription)[1] + HOUR)
    newest, older, _ = timeline.invoices(subscription)
    timeline.v1.invoices.pay(str(older.id), {"payment_method": "pm_card_visa"})
    assert timeline.again(subscription).status == "past_due"
    timeline.v1.invoices.pay(str(newest.id), {"payment_method": "pm_card_visa"})
    assert timeline.again(subscription).status == "active"


def test_a_lost_card_is_not_charged_again(timeline: Timeline) -> None:
    timeline.settings(retry_days=[1, 2], after_retries="past_due")
    subscription = timeline.running()
    timeline.sandbox.admin.post("/stripe/decline-next", json={"decline_code": "lost_card"})
    timeline.go_to(period(subscription)[1] + HOUR)
    charges = timeline.v1.charges.list({"customer": str(subscription.customer)}).data
    timeline.go_to(timeline.now + 5 * DAY)
    assert len(timeline.v1.charges.list({"customer": str(subscription.customer)}).data) == len(charges)
    invoice = timeline.invoices(subscription)[0]
    assert (invoice.attempt_count, invoice.status, invoice.next_payment_attempt) == (3, "open", None)


def test_without_any_card_the_renewal_fails(timeline: Timeline) -> None:
    subscription = timeline.running()
    card = timeline.v1.payment_methods.list({"customer": str(subscription.customer)}).data[0]
    timeline.v1.payment_methods.detach(card.id)
    timeline.go_to(period(subscription)[1] + HOUR)
    assert timeline.again(subscription).status == "past_due"
    assert timeline.invoices(subscription)[0].attempt_count == 1


def test_off_session_authentication_waits_for_the_customer(timeline: Timeline) -> None:
    timeline.settings(retry_days=[3])
    subscription = failing(timeline, "pm_card_authenticationRequired")
    invoice = timeline.v1.invoices.retrieve(
        str(timeline.invoices(subscription)[0].id), {"expand": ["payments.data.payment.payment_intent"]}
    )
    assert subscription.status == "past_due"
    assert "invoice.payment_action_required" in timeline.types_of(str(invoice.id))
    assert invoice.payments is not None
    intent = invoice.payments.data[0].payment.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert intent.status == "requires_action"
    done = timeline.sandbox.admin.post(
        f"{timeline.sandbox.url}/stripe/3ds/{intent.id}/complete", data={"client_secret": intent.client_secret}
    )
    assert done.status_code < 400
    assert timeline.again(subscription).status == "active"


def test_settings_are_checked(timeline: Timeline) -> None:
    admin = timeline.sandbox.admin
    wrong: list[Any] = [
        {"after_retries": "delete"},
        {"retry_days": [3, 2]},
        {"retry_days": "x"},
        {"grace": 1},
        {"finalize_after": -1},
        {"mark_uncollectible": 1},
    ]
    for body in wrong:
        assert admin.put("/stripe/billing-settings", json=body).status_code == 400
    shown = admin.get("/stripe/billing-settings").json()
    assert (len(shown["retry_days"]), shown["after_retries"], shown["finalize_after"]) == (8, "cancel", 3600)
