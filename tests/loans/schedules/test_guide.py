"""The guide's examples, figure by figure."""

import json
import re
from pathlib import Path

import pytest

from backend.loans.rules.schedules import reckon
from backend.loans.schedule_schemas import ScheduleInSchema
from tests.loans.schedules.making import TERMS, make_request

GUIDE = (Path(__file__).parents[3] / "docs" / "schedules.md").read_text()
EXAMPLES = re.findall(r"```json\n(.+)\n```\n\n\|.+\|\n\|[-|]+\n((?:\|.+\|\n)+)", GUIDE)


def rows_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_the_guides_terms_are_those_of_the_tests():
    (terms,) = re.findall(r"```json terms\n(.*?)```", GUIDE, re.DOTALL)
    assert json.loads(terms) == TERMS
    assert len(EXAMPLES) == GUIDE.count("```json\n") > 25


@pytest.mark.parametrize(("given", "table"), EXAMPLES)
def test_an_example_of_the_guide_is_what_is_reckoned(given, table):
    named = json.loads(given)
    body = make_request(*named.pop("changes", ()), **named)
    schedule = reckon(ScheduleInSchema().load(body)["request"])
    assert rows_of(table) == [
        [
            str(row.number),
            row.due_on.isoformat(),
            str(row.principal_minor),
            str(row.interest_minor),
            str(row.fee_minor),
            str(row.penalty_minor),
            str(row.paid_minor),
            str(row.balance_minor),
        ]
        for row in schedule.rows
    ]
