"""The three lists, out of two sides."""

from typing import Any

from billing.flows.reconcile.compare import compare
from billing.flows.reconcile.models import FindingList, ObjectKind
from billing.flows.reconcile.ports import Seen


def seen(object_id: str, *, checkout: bool = False, **fields: Any) -> Seen:
    return Seen(ObjectKind.INVOICE, object_id, fields, is_checkout=checkout, local_id=f"ours-{object_id}")


def test_what_is_equal_is_no_finding_and_a_checkout_nobody_paid_is_none_either() -> None:
    there = [seen("in_1", status="paid"), seen("in_1", status="paid"), seen("in_2", checkout=True, status="open")]
    assert compare(there, {"in_1": seen("in_1", status="paid")}) == []


def test_only_there_and_different_are_told_with_what_differs() -> None:
    there = [seen("in_1", status="paid", total=5), seen("in_2", status="paid", total=7)]
    only, different = sorted(
        compare(there, {"in_2": seen("in_2", status="open", total=7)}), key=lambda difference: difference.id
    )
    assert (only.list, only.id, only.here) == (FindingList.ONLY_THERE, "in_1", None)
    assert different.list is FindingList.DIFFERENT
    assert different.detail == {"status": {"there": "paid", "here": "open"}}


def test_a_checkout_we_know_of_is_compared_like_everything() -> None:
    (found,) = compare([seen("in_1", checkout=True, status="void")], {"in_1": seen("in_1", status="open")})
    assert found.detail == {"status": {"there": "void", "here": "open"}}
