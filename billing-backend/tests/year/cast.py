"""Who lives in the year: ten kinds of customers, and what each does in which month of theirs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.portal import Portal
from tests.timeline import Timeline
from tests.years import FAILING, GOOD, MONTHLY

Shopper = Portal[Timeline[Any]]
REASON = {"reason": "too_expensive"}


class Moment(StrEnum):
    """When in a month, counted from its renewal. A license is suspended 14 days after a renewal failed."""

    MIDDLE = "middle"
    LATE = "late"


DAY_OF = {Moment.MIDDLE: 10, Moment.LATE: 16}


@dataclass(frozen=True)
class Deed:
    """`month` counts from 1, the month that the order paid for."""

    month: int
    moment: Moment
    do: Callable[[Shopper], Awaitable[None]]


@dataclass(frozen=True)
class Role:
    """A kind of customer, and the months it takes until everything about it has happened."""

    name: str
    deeds: tuple[Deed, ...] = ()
    plan: str = "starter"
    months: int = 1


async def upgrade(shopper: Shopper) -> None:
    await shopper.confirm(await shopper.quote("professional"))


async def downgrade_at_end(shopper: Shopper) -> None:
    await shopper.confirm(await shopper.quote("starter", timing="period_end"))


async def take_a_year(shopper: Shopper) -> None:
    await shopper.confirm(await shopper.quote("starter", interval="year"))


async def leave_at_end(shopper: Shopper) -> None:
    await shopper.act("cancel", {"at": "period_end", **REASON})


async def leave_now(shopper: Shopper) -> None:
    await shopper.act("cancel", {"at": "now", "refund": True, **REASON})


async def come_back(shopper: Shopper) -> None:
    await shopper.buy(MONTHLY)


async def _pay_with(shopper: Shopper, method: str) -> None:
    world = shopper.years.world
    (customer,) = await world.stripe("customers", email=shopper.customer.email)
    await shopper.years.pay_with(method, customer=customer["id"])


async def card_breaks(shopper: Shopper) -> None:
    await _pay_with(shopper, FAILING)


async def new_card(shopper: Shopper) -> None:
    await _pay_with(shopper, GOOD)


async def pay_what_is_open(shopper: Shopper) -> None:
    paid = await shopper.pay_open_invoice()
    assert paid.status_code == 200, paid.text
    await new_card(shopper)


_BREAKS = Deed(1, Moment.MIDDLE, card_breaks)
ROLES = (
    Role("upgrades", (Deed(1, Moment.MIDDLE, upgrade),)),
    Role("pays in grace", (_BREAKS, Deed(2, Moment.MIDDLE, pay_what_is_open)), months=2),
    Role("never pays", (_BREAKS,), months=4),
    Role("leaves and returns", (Deed(1, Moment.MIDDLE, leave_at_end), Deed(3, Moment.MIDDLE, come_back)), months=3),
    Role("downgrades", (Deed(1, Moment.MIDDLE, downgrade_at_end),), plan="professional"),
    Role("leaves with a refund", (Deed(1, Moment.LATE, leave_now),)),
    Role("pays when suspended", (_BREAKS, Deed(2, Moment.LATE, pay_what_is_open)), months=2),
    Role("has a new card", (_BREAKS, Deed(2, Moment.MIDDLE, new_card)), months=2),
    Role("takes a year", (Deed(1, Moment.MIDDLE, take_a_year),)),
    Role("stays"),
)


@dataclass(frozen=True)
class Part:
    """One customer's role, and by how many months it begins later."""

    role: Role
    shift: int

    @property
    def order(self) -> dict[str, Any]:
        return {**MONTHLY, "plan": self.role.plan}

    def deeds(self, month: int, moment: Moment) -> list[Deed]:
        return [deed for deed in self.role.deeds if (deed.month + self.shift, deed.moment) == (month, moment)]


def cast(customers: int, months: int) -> list[Part]:
    """Give every customer a role, one after the other, each time around a month later as far as the year has room."""
    parts = []
    for number in range(customers):
        role = ROLES[number % len(ROLES)]
        room = max(1, months - role.months + 1)
        parts.append(Part(role, number // len(ROLES) % room))
    return parts
