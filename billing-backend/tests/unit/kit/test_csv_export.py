"""Cells of files that people open in a spreadsheet."""

from datetime import UTC, datetime

import pytest

from billing.kit.csv_export import cell, lines


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_is_never_a_formula(formula: str) -> None:
    assert cell(formula) == f"'{formula}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (0.5, "0.5"),
        ("a=b", "a=b"),
        ({"a": "ü"}, '{"a": "ü"}'),
        (["=1"], '["=1"]'),
        (datetime(2026, 11, 20, tzinfo=UTC).isoformat(), "2026-11-20T00:00:00+00:00"),
    ],
)
def test_other_values_are_what_they_are(value: object, written: str) -> None:
    assert cell(value) == written


def test_rows_are_quoted_as_the_standard_says() -> None:
    assert lines([["a", "b"], ['x "y", z', "two\nlines"]]) == 'a,b\r\n"x ""y"", z","two\nlines"\r\n'
