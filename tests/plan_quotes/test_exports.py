"""A quote to take along: a table that no spreadsheet runs, and pages in both languages."""

import csv
import io
import re
import zlib
from base64 import a85decode
from datetime import timedelta

import pytest

from backend.kit.spreadsheets import safe_cell
from tests.clock import TODAY
from tests.plan_quotes.test_quotes import penalty


@pytest.fixture
def quoted(make_case):
    case = make_case(paid=6)
    penalty(case, 900, TODAY - timedelta(days=9))
    return case, case.ask()


def drawn(pdf):
    """The drawing commands of all pages."""
    streams = re.findall(rb"stream\r?\n(.*?)~>endstream", pdf, re.DOTALL)
    return b"".join(zlib.decompress(a85decode(stream.strip())) for stream in streams)


def test_the_table_holds_every_row(quoted):
    case, options = quoted
    option = options["longer_term"]
    found = case.api.get(f"/v1/me/plan-quotes/{option['quote_id']}/schedule.csv")
    assert found.headers["Content-Disposition"] == (
        f'attachment; filename="{option["quote_id"]}.csv"'
    )
    rows = list(csv.DictReader(io.StringIO(found.text)))
    assert [
        {name: str(row[name]) for name in row} | {"currency": "CNY"} for row in option["schedule"]
    ] == rows


def test_the_table_of_a_waiver_holds_what_is_taken_off(quoted):
    case, options = quoted
    found = case.api.get(f"/v1/me/plan-quotes/{options['waive_penalty']['quote_id']}/schedule.csv")
    assert list(csv.reader(io.StringIO(found.text))) == [
        ["period", "waived_minor", "currency"],
        ["2026-11", "900", "CNY"],
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_run(cell):
    assert safe_cell(cell) == f"'{cell}"
    assert safe_cell(-1) == "-1"
    assert safe_cell("2026-11") == "2026-11"


def test_the_page_names_its_language_and_title(quoted):
    case, options = quoted
    for kind in ("longer_term", "waive_penalty"):
        path = f"/v1/me/plan-quotes/{options[kind]['quote_id']}/schedule.pdf"
        english = case.api.get(path, headers={"Accept-Language": "en"}).data
        assert english.startswith(b"%PDF-")
        assert b"/Lang (en)" in english
        assert b"/DisplayDocTitle true" in english
        assert b"Repayment quote" in drawn(english)
        chinese = case.api.get(path, headers={"Accept-Language": "zh-CN"}).data
        assert b"/Lang (zh-CN)" in chinese
        assert b"/BaseFont /STSong-Light" in chinese
        # No font lies in the file.
        assert b"/FontFile" not in english + chinese


def test_the_same_quote_prints_the_same_page(quoted):
    case, options = quoted
    path = f"/v1/me/plan-quotes/{options['skip']['quote_id']}/schedule.pdf"
    assert case.api.get(path).data == case.api.get(path).data
