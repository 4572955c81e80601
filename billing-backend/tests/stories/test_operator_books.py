"""`billing reconcile` from a shell: what it prints, what it repairs, and what its exit code says."""

from datetime import timedelta

from billing.doctor import RETRIES_SETTING
from tests.books import assert_books_are_stripes
from tests.shell import Ran, Shell
from tests.storefront import Customer
from tests.timeline import SECRET
from tests.world import World
from tests.years import FAILING, MONTHLY, Years


def found(ran: Ran, kind: str) -> list[list[str]]:
    """Return the findings of a kind as list, kind, id, outcome."""
    lines = [line.split(maxsplit=3) for line in ran.lines]
    return [parts for parts in lines if len(parts) == 4 and parts[1] == kind]


async def refund_unheard(world: World, customer: Customer, amount: int) -> str:
    """Refund in Stripe's dashboard, while not one event gets through; return the refund's id."""
    await world.buy(customer, MONTHLY)
    await world.fault("stripe", "delivery", "drop_delivery", times=1000)
    (intent,) = [made for made in await world.stripe("payment_intents") if made["status"] == "succeeded"]
    answer = await world.http.post(
        f"{world.sandbox_url}/stripe/v1/refunds",
        data={"payment_intent": intent["id"], "amount": str(amount)},
        auth=SECRET,
    )
    assert answer.status_code == 200, answer.text
    refund_id: str = answer.json()["id"]
    return refund_id


async def test_what_nobody_told_us_of_is_found_and_repaired(shell: Shell, world: World) -> None:
    customer = await world.customer()
    refund_id = await refund_unheard(world, customer, 700)
    first = await shell.again("reconcile")
    assert found(first, "refund") == [["only_there", "refund", refund_id, "repaired"]]
    assert first.lines[-1].endswith("repaired")
    # The panel of these tests has accounts of others: what is left to a person is an exit code of 1.
    left = [line for line in first.lines[:-1] if not line.endswith("  repaired")]
    assert (first.code == 1) == bool(left), first
    assert {line.split()[1] for line in left} <= {"panel_account"}

    await world.sweep()
    payment = (await world.http.get("/api/v1/payments", headers=customer.headers)).json()["items"][0]
    assert payment["refunded_amount"] == 700
    await assert_books_are_stripes(world)
    again = await shell.again("reconcile", "--days", "3")
    assert found(again, "refund") == []
    assert found(again, "ledger") == []


async def test_what_can_not_be_compared_is_said_in_a_line(shell: Shell, world: World) -> None:
    for days in ("0", "-1", "99999", "many"):
        assert (await shell.again("reconcile", "--days", days)).code == 2, days
    down = await shell.again("reconcile", BILLING_STRIPE_API_BASE="http://127.0.0.1:1")
    assert (down.code, down.lines) == (1, [])
    assert down.err.startswith("the payment provider: ")
    # A run that broke off keeps nobody from the next one.
    assert (await shell.again("reconcile")).lines[-1].endswith("repaired")


async def dunning_line(shell: Shell) -> str:
    ran = await shell.again("doctor")
    (line,) = [line for line in ran.lines if line.split()[1] == "dunning"]
    return line


async def test_a_stripe_that_ends_subscriptions_by_itself_is_noticed(shell: Shell, world: World) -> None:
    """What follows the last retry can't be asked of Stripe: the set-up reminds of it, the doctor sees what it does."""
    reminder = [line for line in (await shell.again("sync-stripe")).lines if line.startswith("to be set by hand")]
    assert reminder == [f"to be set by hand: {RETRIES_SETTING}"]
    years = Years(world)
    await years.stripe_settings(after_retries="cancel", retry_days=[1, 3])
    customer, _, _ = await years.bought()
    assert (await dunning_line(shell)).startswith("ok")
    await years.to_renewal(customer, FAILING)
    assert (await dunning_line(shell)).startswith("ok")
    await years.go(timedelta(days=5), step=timedelta(days=5))
    (ended,) = await world.stripe("subscriptions", status="all")
    assert ended["status"] == "canceled"
    line = await dunning_line(shell)
    assert line.startswith("BAD")
    assert ended["id"] in line
    assert "leave the subscription past due" in line
    await years.aclose()
