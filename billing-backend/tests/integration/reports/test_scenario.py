"""Every figure of the scenario in conftest.py against what was worked out by hand, and the rows behind each."""

import httpx

from billing.accounts.permissions import Role
from billing.kit.container import Container
from tests.factories_licenses import make_person
from tests.integration.reports.conftest import Scenario

FIRST, LAST = "2026-01", "2026-04"
MOVES = ("starting", "new", "expansion", "contraction", "churn", "reactivation", "ending")


async def test_mrr_moves_as_worked_out_by_hand(scenario: Scenario) -> None:
    months = await scenario.report("mrr", first=FIRST, last=LAST)
    assert [(month["month"], *(month[name] for name in MOVES)) for month in months] == [
        # Ann 29 and Bob 50; Cem came and went inside the month.
        ("2026-01", 0, 7_900, 0, 0, 0, 0, 7_900),
        # Ann from 29 to 60.
        ("2026-02", 7_900, 0, 3_100, 0, 0, 0, 11_000),
        # Dot 60 and Eve 29 are new, Cem is back with 29, Bob's 50 are gone.
        ("2026-03", 11_000, 8_900, 0, 0, 5_000, 2_900, 17_800),
        # Dot from 60 to 29. Eve is late and counts still.
        ("2026-04", 17_800, 0, 0, 3_100, 0, 0, 14_700),
    ]
    for month in months:
        starting, new, expansion, contraction, churn, back, ending = (int(str(month[name])) for name in MOVES)
        assert ending == starting + new + expansion + back - contraction - churn
    assert [(month["customers"], month["customers_lost"], month["churn_rate"]) for month in months] == [
        (2, 0, None),
        (2, 0, 0.0),
        (4, 1, 0.5),
        (4, 0, 0.0),
    ]
    assert [month["mrr_churn_rate"] for month in months] == [None, 0.0, 0.4545, 0.1742]


async def test_each_mrr_figure_is_the_sum_of_its_rows(scenario: Scenario) -> None:
    expected = {
        ("2026-01", "new"): ["ann", "bob"],
        ("2026-02", "expansion"): ["ann"],
        ("2026-02", "unchanged"): ["bob"],
        ("2026-03", "new"): ["dot", "eve"],
        ("2026-03", "churn"): ["bob"],
        ("2026-03", "reactivation"): ["cem"],
        ("2026-04", "contraction"): ["dot"],
        ("2026-04", "churn"): [],
    }
    months = {str(month["month"]): month for month in await scenario.report("mrr", first=FIRST, last=LAST)}
    for (month, movement), names in expected.items():
        rows = await scenario.rows(f"mrr/{month}/rows", limit=1, movement=movement)
        assert scenario.names(rows) == names
        if movement != "unchanged":
            moved = sum(abs(int(str(row["after"])) - int(str(row["before"]))) for row in rows)
            assert moved == months[month][movement]
    everybody = await scenario.rows("mrr/2026-04/rows", limit=3)
    assert scenario.names(everybody) == ["ann", "cem", "dot", "eve"]
    assert sum(int(str(row["after"])) for row in everybody) == 14_700


async def test_licenses_in_service_at_the_end_of_each_month(scenario: Scenario) -> None:
    rows = await scenario.report("licenses", first=FIRST, last=LAST)
    assert [(row["month"], row["plan"], row["licenses"], row["trials"]) for row in rows] == [
        ("2026-01", "professional", 1, 0),
        ("2026-01", "starter", 1, 0),
        ("2026-02", "professional", 3, 1),
        ("2026-03", "professional", 2, 0),
        ("2026-03", "starter", 2, 0),
        ("2026-04", "professional", 1, 0),
        ("2026-04", "starter", 3, 0),
    ]
    assert scenario.names(await scenario.rows("licenses/2026-02/rows")) == ["ann", "bob", "dot"]
    assert scenario.names(await scenario.rows("licenses/2026-04/rows", plan="starter")) == ["cem", "dot", "eve"]


async def test_revenue_is_earned_by_the_day_and_has_its_postings(scenario: Scenario) -> None:
    # Ann: 22 of 31 days of 2,900 are January's: 2,058, the other 842 February's; then 19 of 28: 1,967 and 933.
    # Bob: 100 a day: 12 in January, 28 in February, 4 in March, and nothing after the credit note.
    by_month = await scenario.report("revenue", first=FIRST, last=LAST)
    assert [(row["month"], row["amount"]) for row in by_month] == [
        ("2026-01", 2_058 + 1_200),
        ("2026-02", 842 + 1_967 + 2_800),
        ("2026-03", 933 + 400),
    ]
    by_plan = await scenario.report("revenue", first=FIRST, last=LAST, by="plan")
    assert [(row["month"], row["plan"], row["amount"]) for row in by_plan] == [
        ("2026-01", "professional", 1_200),
        ("2026-01", "starter", 2_058),
        ("2026-02", "professional", 2_800),
        ("2026-02", "starter", 2_809),
        ("2026-03", "professional", 400),
        ("2026-03", "starter", 933),
    ]
    by_country = await scenario.report("revenue", first="2026-02", last="2026-02", by="country")
    assert [(row["country"], row["amount"]) for row in by_country] == [("DE", 2_800), ("US", 2_809)]
    for figure in by_plan:
        rows = await scenario.rows(f"revenue/{figure['month']}/rows", limit=1, plan=str(figure["plan"]))
        assert sum(int(str(row["amount"])) for row in rows) == figure["amount"]
    german = await scenario.rows("revenue/2026-02/rows", country="DE")
    assert [(row["invoice"], row["amount"]) for row in german] == [("in_b1", 2_800)]


async def test_what_is_owed_and_what_went_back(scenario: Scenario) -> None:
    (owed,) = await scenario.report("receivables")
    ages = ("up_to_30_days", "up_to_60_days", "older")
    assert (owed["currency"], owed["invoices"], owed["amount"]) == ("USD", 1, 2_900)
    assert [owed[age] for age in ages] == [2_900, 0, 0]
    (row,) = await scenario.rows("receivables/rows")
    assert (row["invoice"], row["amount"], scenario.names([row])) == ("in_e1", 2_900, ["eve"])
    refunds = await scenario.report("refunds", first=FIRST, last=LAST)
    assert [(row["month"], row["paid"], row["refunded"], row["refund_rate"]) for row in refunds] == [
        ("2026-01", 2_900 + 43_435, 0, 0.0),
        ("2026-02", 2_900, 0, 0.0),
        ("2026-03", 0, 38_199, None),
    ]
    (back,) = await scenario.rows("refunds/2026-03/rows")
    assert (back["source_id"], back["amount"], scenario.names([back])) == ("re_1", 38_199, ["bob"])


async def test_the_forecast_is_what_renews_if_nobody_leaves(scenario: Scenario) -> None:
    months = await scenario.report("forecast")
    assert [month["month"] for month in months] == [f"2026-{number:02}" for number in range(5, 13)] + [
        f"2027-{number:02}" for number in range(1, 5)
    ]
    # Ann 60, Cem, Dot and Eve 29 each; Bob has left.
    assert {(month["renewals"], month["amount"]) for month in months} == {(4, 6_000 + 3 * 2_900)}
    rows = await scenario.rows("forecast/2026-12/rows")
    assert scenario.names(rows) == ["ann", "cem", "dot", "eve"]
    assert sorted(str(row["renews_at"])[:10] for row in rows) == [
        "2026-12-01",
        "2026-12-07",
        "2026-12-10",
        "2026-12-20",
    ]


async def test_bad_questions_get_a_clear_answer(scenario: Scenario) -> None:
    wrong = {
        "mrr?first=2026-04&last=2026-01": (400, "invalid_period"),
        "mrr?first=2020-01&last=2026-01": (400, "invalid_period"),
        "mrr?first=2026-13&last=2026-14": (422, "validation_failed"),
        "mrr?first=0000-01&last=0000-02": (422, "validation_failed"),
        "mrr/2026-01/rows?cursor=%21": (400, "invalid_cursor"),
        "revenue/2026-01/rows?cursor=YWJj": (400, "invalid_cursor"),
        "revenue/January/rows": (422, "validation_failed"),
        "forecast/2026-01/rows?currency=dollars": (422, "validation_failed"),
    }
    for path, (status, code) in wrong.items():
        answer = await scenario.client.get(f"/api/v1/reports/{path}", headers=scenario.staff.headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


async def test_only_staff_with_the_permission_read_reports(container: Container, client: httpx.AsyncClient) -> None:
    customer = await make_person(container)
    support = await make_person(container, role=Role.SUPPORT)
    paths = [
        "reports/mrr?first=2026-01&last=2026-01",
        "reports/mrr/2026-01/rows",
        "reports/licenses?first=2026-01&last=2026-01",
        "reports/revenue?first=2026-01&last=2026-01",
        "reports/revenue/2026-01/rows",
        "reports/receivables",
        "reports/receivables/rows",
        "reports/refunds?first=2026-01&last=2026-01",
        "reports/forecast",
        "reports/forecast/2026-01/rows",
        "admin/reconcile-runs",
    ]
    for path in paths:
        for headers, status in (({}, 401), (customer.headers, 403), (support.headers, 403)):
            answer = await client.get(f"/api/v1/{path}", headers=headers)
            assert answer.status_code == status, path
