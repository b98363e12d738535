"""Files: good rows are kept, bad ones reported, and repeating changes nothing."""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from backend.ingest.batch import store_lines
from backend.ingest.csv_mapping import MappingError, load_mapping, mapped_lines, open_text
from backend.ingest.expressions import ExpressionError, compile_expression
from backend.ingest.files import find_files, opened
from backend.ingest.lines import read_line
from backend.loans.models import Delinquency, Installment, Loan, Payment
from tests.clock import NOW
from tests.fixtures.settings import environment_of

MAPPINGS = Path(__file__).parent / "mappings"
SHARED = Path(__file__).parents[3] / "shared" / "data"
FILES = {
    "borrowers.csv": (
        "external_id,locale,timezone,monthly_income_minor,income_verified,protected.sex\n"
        "b1,en,Asia/Shanghai,500000,true,female\n"
        "b2,en,Mars/Olympus,,,\n"
        "b3,zh-CN,Asia/Shanghai,many,,\n"
    ),
    "loans.ndjson": json.dumps(
        {
            "kind": "installment",
            "external_id": "l1",
            "borrower_external_id": "b1",
            "product_code": "personal",
            "currency": "CNY",
            "principal_minor": 200,
            "opened_on": "2026-01-01",
            "status": "active",
            "dpd_source": "computed",
        }
    )
    + "\n",
    "installments.csv": (
        "loan_external_id,number,due_on,principal_minor,interest_minor\n"
        "l1,1,2026-02-01,100,5\n"
        "l1,2,2026-03-01,100,5\n"
        "nobody,1,2026-03-01,100,5\n"
    ),
    "payments.csv.gz": (
        "external_id,loan_external_id,amount_minor,received_on\n"
        "p1,l1,105,2026-02-01\n"
        "p2,l1,-5,2026-02-01\n"
        'p3,l1,"10\n5",2026-02-01\n'
        "p4,l1,5,2026-02-01,extra\n"
    ),
    "readme.txt": "not a file of ours",
}


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        data = content.encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return tmp_path


def store(folder):
    counts, reasons = Counter(), []
    for file in find_files(folder):
        with opened(file.path, lambda _: None) as raw:
            for answer in store_lines(file.read(raw), now=NOW, backfill=True, kind=file.kind):
                counts[answer.outcome.status] += 1
                if answer.outcome.problem is not None:
                    reasons.append((file.path.name, answer.line, answer.outcome.problem.code))
    return counts, reasons


def test_good_rows_are_kept_and_bad_ones_named_by_line(session, folder):
    counts, reasons = store(folder)
    assert counts == {"stored": 5, "refused": 6}
    assert reasons == [
        ("borrowers.csv", 3, "invalid"),
        ("borrowers.csv", 4, "invalid"),
        ("installments.csv", 4, "loan-unknown"),
        ("payments.csv.gz", 3, "invalid"),
        ("payments.csv.gz", 5, "invalid"),
        ("payments.csv.gz", 6, "invalid"),
    ]
    again, _ = store(folder)
    assert again == {"unchanged": 5, "refused": 6}
    assert session.execute(select(func.count()).select_from(Installment)).scalar_one() == 2


@pytest.fixture
def run(clone_database, tmp_path):
    """`goodfaith import` as an operator runs it."""
    report = tmp_path / "report.ndjson"
    environment = {**os.environ, **environment_of(clone_database())}

    def invoke(*arguments):
        result = subprocess.run(
            [sys.executable, "-m", "backend", "import", *map(str, arguments), "--report", report],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        lines = report.read_bytes().splitlines() if report.exists() else []
        return result, [json.loads(line) for line in lines]

    return invoke


def test_the_command_reports_and_succeeds(run, folder):
    result, report = run(folder)
    assert result.returncode == 0
    assert "5 stored" in result.stdout + result.stderr
    assert "100% 0 rows" not in result.stderr
    assert "6 refused" in result.stdout + result.stderr
    assert [(line["file"], line["line"]) for line in report][:2] == [
        ("borrowers.csv", 3),
        ("borrowers.csv", 4),
    ]
    assert report[0]["errors"][0]["pointer"] == "#/timezone"


def test_the_command_fails_on_what_it_cannot_run(run, tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    result, _ = run(empty)
    assert result.returncode == 1
    assert "no file to import" in result.stdout + result.stderr
    broken = tmp_path / "broken.toml"
    broken.write_text("[[sources]]\n")
    result, _ = run(folder, "--mapping", broken)
    assert result.returncode == 1
    (folder / "payments.csv.gz").write_bytes(b"\x1f\x8bnot gzip")
    result, _ = run(folder)
    assert result.returncode == 1
    assert "payments.csv.gz cannot be read" in result.stdout + result.stderr


def mapped(name, folder, **overrides):
    mapping = load_mapping(MAPPINGS / name, overrides=overrides)
    for source in mapping.sources:
        with open_text(folder / source.file) as file:
            yield from mapped_lines(mapping, source, file)


needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")


def every(step, lines, *, of):
    """The lines of every so many-th borrower, all lines of hers."""
    for number, line in lines:
        name = line.get("loan_external_id", line.get("external_id", ""))
        if int(name.rpartition("-")[2]) % step == of:
            yield number, line


@needs_shared
def test_lending_club_comes_in_by_its_mapping(session):
    pairs = list(mapped("lending_club.toml", SHARED / "lending_club_10k"))
    whole = [read_line(*pair) for pair in pairs]
    assert [line for line in whole if line.problem] == []
    late = Counter(line.row["days_past_due"] for line in whole if line.kind == "delinquency")
    assert late == {0: 4_747 + 217, 15: 38, 30: 24, 120: 29, 150: 3}
    some = every(20, pairs, of=1)
    counts = Counter(a.outcome.status for a in store_lines(some, now=NOW, backfill=True))
    assert set(counts) == {"stored"}
    lent = session.execute(select(func.sum(Loan.principal_minor))).scalar_one()
    assert session.execute(select(func.sum(Installment.principal_minor))).scalar_one() == lent


@needs_shared
def test_the_card_panel_comes_in_by_its_mapping(session):
    some = every(100, mapped("card_status.toml", SHARED / "credit_card_monthly_status"), of=4)
    counts = Counter(a.outcome.status for a in store_lines(some, now=NOW, backfill=True))
    assert set(counts) == {"stored"}
    first, last = session.execute(
        select(func.min(Delinquency.as_of), func.max(Delinquency.as_of))
    ).one()
    assert str(last) == "2026-10-31"
    assert str(first) >= "2021-10-31"


NAMES = {"a": "12", "b": "3.5", "day": "2026-01-31", "empty": "", "Unit Price": "2"}
MAPS = {"colour": {"1": "red"}}


def value(source):
    return compile_expression(source, maps=MAPS)(NAMES)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("minor(b)", 350),
        ("minor('0.005')", 1),
        ("minor(a, 1000)", 12_000),
        ("number(a) + number(b)", Decimal("15.5")),
        ("'x-' + a", "x-12"),
        ("number(a) // 5", Decimal(2)),
        ("-number(a) % 5", Decimal(-2)),
        ("months(day, 1)", "2026-02-28"),
        ("months(day, -13)", "2024-12-31"),
        ("month_end(months(day, 1))", "2026-02-28"),
        ("month_day(day, 15)", "2026-01-15"),
        ("days(day, 1)", "2026-02-01"),
        ("month(day)", "2026-01"),
        ("lookup('colour', 1)", "red"),
        ("lookup('colour', 2, 'none')", "none"),
        ("None if empty == '' else minor(empty)", None),
        ("a == 12 and not (b > 4)", True),
        ("column('Unit ' + 'Price')", "2"),
        ("max(a, b, 5)", Decimal(12)),
        ("text(number(b) / 100)", "0.035"),
    ],
)
def test_expressions_have_values(source, expected):
    found = value(source)
    assert (str(found) if isinstance(expected, str) else found) == expected


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os')", "a.__class__", "a[0]", "2 ** 9999", "'x' * 1000000000", "1 << 99",
        "[1]", "lambda: 1", "f'{a}'", "nothing", "minor('x')", "1 / 0", "lookup('colour', 3)",
        "lookup('shape', 1)", "months(day, 999999)", "day('2026-02-30')", "unknown(1)",
        "minor(1, 2, 3)", "(", "1 +" * 200 + "1", "'" + "x" * 2000 + "'", "number('NaN')",
        "number('1e99')", "print(1)", "a if", "b'bytes'", "1j", "month_day(day, 40)",
    ],
)  # fmt: skip
def test_what_is_not_of_the_language_or_has_no_value_is_refused(source):
    with pytest.raises(ExpressionError):
        value(source)


@given(source=st.text(alphabet="ab1.'\"()+-*/% ,<>=andortif[]{}:\\\n", max_size=60))
def test_no_expression_does_anything_but_have_a_value_or_not(source):
    with suppress(ExpressionError):
        value(source)


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        "[[sources]]\nfile = 'x'\n",
        "[[sources]]\nfile = 'x'\n[[sources.lines]]\nkind = 'loan'\nfields = 5\n",
        "[[sources]]\nfile='x'\n[[sources.lines]]\nkind='loan'\n[sources.lines.fields]\na='b.c'\n",
        "[constants]\nrate = 0.5\n",
    ],
)
def test_a_mapping_that_is_none_says_so(tmp_path, text):
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=r"mapping\.toml|text"):
        load_mapping(path)


def test_a_row_without_a_value_is_reported_and_the_others_kept(tmp_path):
    (tmp_path / "rows.csv").write_text("id,amount\n1,5\n2,x\n3,7\n")
    (tmp_path / "m.toml").write_text(
        "[constants]\nprefix = 'p'\n[[sources]]\nfile = 'rows.csv'\n[[sources.lines]]\n"
        "kind = 'payment'\n[sources.lines.fields]\nexternal_id = \"prefix + id\"\n"
        'amount_minor = "minor(amount)"\n'
    )
    mapping = load_mapping(tmp_path / "m.toml", overrides={"prefix": "q"})
    with open_text(tmp_path / "rows.csv") as file:
        lines = list(mapped_lines(mapping, mapping.sources[0], file))
    assert [number for number, _ in lines] == [2, 3, 4]
    assert lines[0][1] == {"kind": "payment", "external_id": "q1", "amount_minor": 500}
    assert lines[1][1].code == "row-unmappable"


def test_payments_of_a_folder_are_payments(session, folder):
    store(folder)
    assert session.execute(select(Payment.external_id)).scalars().all() == ["p1"]
