"""Every movement of money and what the accounts hold after it; all of them repeated, as events are."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.ledger.facts import (
    CreditFact,
    CreditNoteFact,
    Customer,
    DisputeFact,
    InvoiceFact,
    LineFact,
    PaymentFact,
    ProviderFact,
    RefundFact,
)
from billing.ledger.service import (
    earn_due,
    post_credit,
    post_credit_note,
    post_dispute,
    post_invoice,
    post_payment,
    post_provider,
    post_refund,
    turn_credit_note,
)
from tests.factories_ledger import day, look, make_payer, year_invoice

Work = Callable[[Session], Awaitable[object]]
PAID = PaymentFact("pi_1", "in_1", 11_900, "EUR", day(0))


@pytest.fixture
async def payer(container: Container) -> Customer:
    return await make_payer(container)


async def twice(container: Container, *works: Work) -> dict[str, int]:
    """Do each in a transaction, and all of it once more; the second time must change nothing."""
    seen: list[dict[str, int]] = []
    for _ in range(2):
        for work in works:
            async with container.get(Database).transaction(Subject.system()) as session:
                await work(session)
        seen.append(await look(container))
    assert seen[0] == seen[1]
    return seen[0]


async def earned(container: Container, days: int) -> dict[str, int]:
    return await twice(container, lambda session: earn_due(session, day(days)))


async def paid_year(container: Container, payer: Customer) -> None:
    await twice(
        container,
        lambda session: post_invoice(session, payer, year_invoice(paid_at=day(0))),
        lambda session: post_payment(session, payer, PAID),
    )


async def test_an_invoice_is_owed_then_paid_then_earned_day_by_day(container: Container, payer: Customer) -> None:
    owed = await twice(container, lambda session: post_invoice(session, payer, year_invoice()))
    assert owed == {"receivable": 11_900, "tax_payable": -1_900, "revenue_deferred": -10_000}
    # Nothing is earned as long as nothing is paid.
    assert await earned(container, 73) == owed
    await paid_year(container, payer)
    assert await look(container) == {"cash": 11_900, "tax_payable": -1_900, "revenue_deferred": -10_000}
    after = await earned(container, 73)
    assert (after["revenue_deferred"], after["revenue_earned"]) == (-8_000, -2_000)
    assert (await earned(container, 365)) == {"cash": 11_900, "tax_payable": -1_900, "revenue_earned": -10_000}
    assert (await earned(container, 400))["revenue_earned"] == -10_000


async def test_facts_in_any_order_lead_to_the_same(container: Container, payer: Customer) -> None:
    await twice(
        container,
        lambda session: post_payment(session, payer, PAID),
        lambda session: post_invoice(session, payer, year_invoice(paid_at=day(0))),
        lambda session: post_invoice(session, payer, year_invoice()),
    )
    assert (await earned(container, 73))["revenue_earned"] == -2_000


async def test_credit_of_the_customer_settles_and_a_negative_invoice_adds_to_it(
    container: Container, payer: Customer
) -> None:
    credit = InvoiceFact(
        "in_0", "EUR", -400, 0, day(0), [LineFact("il_0", -400, day(0), day(10))], -400, paid_at=day(0)
    )
    assert await twice(container, lambda session: post_invoice(session, payer, credit)) == {
        "revenue_deferred": 400,
        "customer_credit": -400,
    }
    used = year_invoice(used=400, paid_at=day(0))
    accounts = await twice(container, lambda session: post_invoice(session, payer, used))
    assert accounts["receivable"] == 11_500
    assert "customer_credit" not in accounts
    goodwill = CreditFact("cbtxn_1", 250, "EUR", day(1))
    accounts = await twice(container, lambda session: post_credit(session, payer, goodwill))
    assert (accounts["customer_credit"], accounts["write_offs"]) == (-250, 250)


async def test_a_void_invoice_leaves_nothing_and_one_paid_after_it_was_given_up_comes_back(
    container: Container, payer: Customer
) -> None:
    given_up = replace(year_invoice(), cancelled_at=day(40))
    assert await twice(container, lambda session: post_invoice(session, payer, given_up)) == {}
    restored = replace(given_up, paid_at=day(50))
    await twice(
        container,
        lambda session: post_invoice(session, payer, restored),
        lambda session: post_payment(session, payer, replace(PAID, paid_at=day(50))),
    )
    assert (await earned(container, 365)) == {"cash": 11_900, "tax_payable": -1_900, "revenue_earned": -10_000}


async def test_what_is_left_of_a_part_payment_is_written_off(container: Container, payer: Customer) -> None:
    given_up = replace(year_invoice(), cancelled_at=day(40))
    accounts = await twice(
        container,
        lambda session: post_invoice(session, payer, year_invoice()),
        lambda session: post_payment(session, payer, replace(PAID, amount=5_000)),
        lambda session: post_invoice(session, payer, given_up),
    )
    assert (accounts["cash"], accounts["write_offs"]) == (5_000, 6_900)
    assert "receivable" not in accounts


async def test_a_refund_takes_back_what_is_not_earned_first(container: Container, payer: Customer) -> None:
    await paid_year(container, payer)
    note = CreditNoteFact("cn_1", "in_1", "EUR", 11_900, 1_900, 11_900, 0, day(73))
    accounts = await twice(
        container,
        lambda session: post_refund(session, payer, RefundFact("re_1", 11_900, "EUR", day(73))),
        lambda session: post_credit_note(session, payer, note),
    )
    # Everything is as if nothing had happened: two fifths were earned meanwhile and are taken back as well.
    assert accounts == {}
    assert await earned(container, 365) == {}


async def test_half_refunded_in_the_middle_ends_at_the_other_half(container: Container, payer: Customer) -> None:
    await paid_year(container, payer)
    note = CreditNoteFact("cn_1", "in_1", "EUR", 5_950, 950, 5_950, 0, day(73))
    accounts = await twice(
        container,
        lambda session: post_credit_note(session, payer, note),
        lambda session: post_refund(session, payer, RefundFact("re_1", 5_950, "EUR", day(73))),
    )
    assert (accounts["revenue_deferred"], accounts["revenue_earned"]) == (-3_000, -2_000)
    assert "refunds" not in accounts
    assert (await earned(container, 219))["revenue_earned"] == -3_500
    assert await earned(container, 365) == {"cash": 5_950, "tax_payable": -950, "revenue_earned": -5_000}


async def test_a_credit_note_on_an_open_invoice_lowers_what_is_owed_until_it_is_void(
    container: Container, payer: Customer
) -> None:
    note = CreditNoteFact("cn_1", "in_1", "EUR", 1_190, 190, 0, 0, day(3))
    accounts = await twice(
        container,
        lambda session: post_invoice(session, payer, year_invoice()),
        lambda session: post_credit_note(session, payer, note),
    )
    assert accounts == {"receivable": 10_710, "tax_payable": -1_710, "revenue_deferred": -9_000}
    void = replace(note, voided_at=day(4))
    accounts = await twice(container, lambda session: post_credit_note(session, payer, void))
    assert accounts == {"receivable": 11_900, "tax_payable": -1_900, "revenue_deferred": -10_000}
    await paid_year(container, payer)
    assert (await earned(container, 365))["revenue_earned"] == -10_000


async def test_a_credit_note_that_is_void_after_time_was_earned_is_earned_anew(
    container: Container, payer: Customer
) -> None:
    await paid_year(container, payer)
    await earned(container, 73)
    note = CreditNoteFact("cn_1", "in_1", "EUR", 11_900, 1_900, 11_900, 0, day(73))
    refund = RefundFact("re_1", 11_900, "EUR", day(73))
    await twice(
        container,
        lambda session: post_refund(session, payer, refund),
        lambda session: post_credit_note(session, payer, note),
    )
    assert await look(container) == {}

    async def turn(session: Session, cause: str, *, counts: bool, on: int) -> None:
        await turn_credit_note(session, payer, note, cause=cause, counts=counts, at=day(on))

    failed = replace(refund, failed_at=day(80))
    back = await twice(
        container,
        lambda session: post_refund(session, payer, failed),
        lambda session: turn(session, "came_back:re_1", counts=False, on=80),
    )
    assert back == {"cash": 11_900, "tax_payable": -1_900, "revenue_deferred": -10_000}
    half = await earned(container, 219)
    assert 0 < -half["revenue_earned"] < 10_000
    second = RefundFact("re_2", 11_900, "EUR", day(220))
    await twice(
        container,
        lambda session: post_refund(session, payer, second),
        lambda session: turn(session, "again:re_2", counts=True, on=220),
    )
    assert await look(container) == {}
    assert await earned(container, 400) == {}


async def test_a_credit_note_that_was_void_for_good_leaves_the_whole_revenue(
    container: Container, payer: Customer
) -> None:
    await paid_year(container, payer)
    await earned(container, 73)
    note = CreditNoteFact("cn_1", "in_1", "EUR", 11_900, 1_900, 0, 11_900, day(73))
    await twice(
        container,
        lambda session: post_credit_note(session, payer, note),
        lambda session: post_credit_note(session, payer, replace(note, voided_at=day(100))),
    )
    assert await earned(container, 365) == {"cash": 11_900, "tax_payable": -1_900, "revenue_earned": -10_000}


async def test_a_refund_that_fails_comes_back(container: Container, payer: Customer) -> None:
    await paid_year(container, payer)
    refund = RefundFact("re_1", 900, "EUR", day(5))
    accounts = await twice(container, lambda session: post_refund(session, payer, refund))
    assert (accounts["cash"], accounts["refunds"]) == (11_000, 900)
    failed = replace(refund, failed_at=day(6))
    accounts = await twice(container, lambda session: post_refund(session, payer, failed))
    assert accounts["cash"] == 11_900
    assert "refunds" not in accounts


@pytest.mark.parametrize(
    ("reinstated", "is_lost", "expected"),
    [
        (0, False, {"disputes": 11_900, "cash": 0, "write_offs": 0}),
        (11_900, False, {"disputes": 0, "cash": 11_900, "write_offs": 0}),
        (0, True, {"disputes": 0, "cash": 0, "write_offs": 11_900}),
    ],
    ids=["undecided", "won", "lost"],
)
async def test_a_dispute_holds_money_until_the_bank_decides(
    container: Container, payer: Customer, reinstated: int, is_lost: bool, expected: dict[str, int]
) -> None:
    await paid_year(container, payer)
    opened = DisputeFact("du_1", "EUR", 11_900, 0, day(20))
    ended = replace(opened, reinstated=reinstated, is_lost=is_lost, closed_at=day(30))
    accounts = await twice(
        container,
        lambda session: post_dispute(session, payer, opened),
        lambda session: post_dispute(session, payer, ended),
    )
    assert {name: accounts.get(name, 0) for name in expected} == expected


async def test_fees_and_payouts_come_from_the_providers_balance(container: Container, payer: Customer) -> None:
    await paid_year(container, payer)
    facts = [
        ProviderFact("txn_1", "charge", 11_900, 375, "EUR", day(0), "ch_1"),
        ProviderFact("txn_2", "dispute", -500, 1_500, "EUR", day(2), "du_1"),
        ProviderFact("txn_3", "fee", -20, 0, "EUR", day(3)),
        ProviderFact("txn_4", "payout", -10_000, 0, "EUR", day(4), "po_1"),
        ProviderFact("txn_5", "refund", -100, 0, "EUR", day(4), "re_1"),
    ]
    accounts = await twice(container, lambda session: post_provider(session, facts))
    assert (accounts["fees"], accounts["bank"], accounts["cash"]) == (1_895, 10_000, 5)
