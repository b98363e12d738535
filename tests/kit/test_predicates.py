import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import cast, column, select, values

from backend.kit import predicates
from backend.kit.predicates import FactType
from backend.kit.predicates_sql import SQL_TYPES, to_sql
from backend.kit.problems import Invalid
from tests.factories.predicates import facts_of
from tests.factories.predicates import predicates as any_predicate

KINDS = {
    "days": FactType.INTEGER,
    "ratio": FactType.DECIMAL,
    "product": FactType.TEXT,
    "verified": FactType.BOOLEAN,
    "since": FactType.DATE,
}


def parse(document):
    return predicates.parse(document, facts=KINDS)


def compare(fact, op, *value):
    return {"fact": fact, "op": op} | ({"value": value[0]} if value else {})


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], "#"),
        ({}, "#"),
        ({"all": [], "any": []}, "#"),
        ({"some": []}, "#"),
        ({"all": {}}, "#/all"),
        ({"any": [compare("days", "eq", 1), 7]}, "#/any/1"),
        ({"not": {"not": compare("nobody", "eq", 1)}}, "#/not/not/fact"),
        (compare(["days"], "eq", 1), "#/fact"),
        (compare("days", "about", 1), "#/op"),
        (compare("days", ["eq"], 1), "#/op"),
        (compare("product", "gt", "a"), "#/op"),
        (compare("verified", "between", [True, False]), "#/op"),
        (compare("days", "eq"), "#/value"),
        (compare("days", "known", 3), "#/value"),
        (compare("days", "eq", *[True]), "#/value"),
        (compare("days", "eq", "1"), "#/value"),
        (compare("days", "eq", 1.5), "#/value"),
        (compare("days", "eq", 10**16), "#/value"),
        (compare("ratio", "eq", "NaN"), "#/value"),
        (compare("ratio", "eq", "0.1234567890"), "#/value"),
        (compare("verified", "eq", 1), "#/value"),
        (compare("product", "eq", "a\x00"), "#/value"),
        (compare("product", "eq", "\ud800"), "#/value"),
        (compare("product", "eq", "a" * 201), "#/value"),
        (compare("since", "eq", "2026-02-30"), "#/value"),
        (compare("since", "eq", "20260101"), "#/value"),
        (compare("days", "in", []), "#/value"),
        (compare("days", "in", [1] * 101), "#/value"),
        (compare("days", "in", [1, "2"]), "#/value/1"),
        (compare("days", "between", [2, 1]), "#/value"),
        (compare("days", "between", [1]), "#/value"),
        ({"all": [compare("days", "eq", 1) | {"a/b~c": 1}]}, "#/all/0/a~1b~0c"),
    ],
)
def test_a_faulty_condition_is_refused_with_a_pointer_to_the_fault(document, pointer):
    with pytest.raises(Invalid) as refusal:
        parse(document)

    assert [error.pointer for error in refusal.value.errors] == [pointer]


def test_every_fault_is_named_at_once():
    with pytest.raises(Invalid) as refusal:
        parse({"all": [compare("days", "eq", "x"), compare("nobody", "eq", 1)]})

    assert [error.pointer for error in refusal.value.errors] == ["#/all/0/value", "#/all/1/fact"]


def test_conditions_too_deep_or_too_large_are_refused():
    deep = compare("days", "eq", 1)
    for _ in range(5000):
        deep = {"not": deep}
    for document in (deep, {"all": [compare("days", "eq", 1)] * 201}, {"any": [{"all": []}] * 200}):
        with pytest.raises(Invalid):
            parse(document)


def test_decimals_may_be_written_as_numbers_or_strings():
    written = [parse(compare("ratio", "lt", value)) for value in (0.35, "0.35")]

    assert written[0] == written[1]
    assert parse(compare("days", "lt", 3)) == parse(
        json.loads('{"fact":"days","op":"lt","value":3}')
    )


@pytest.mark.parametrize("op", sorted(predicates.OPS - {"unknown"}))
def test_every_comparison_on_an_unknown_fact_is_false_and_not_flips_it(op):
    value = {"in": [1], "not_in": [1], "between": [0, 1]}.get(op, 1)
    written = compare("days", op) if op == "known" else compare("days", op, value)

    assert not predicates.holds(parse(written), {"days": None})
    assert predicates.holds(parse({"not": written}), {"days": None})


def test_the_facts_a_condition_reads_are_listed():
    condition = parse({"any": [compare("days", "eq", 1), {"not": compare("ratio", "known")}]})

    assert predicates.facts_used(condition) == {"days", "ratio"}


@given(predicate=any_predicate(KINDS))
def test_a_condition_survives_being_written_and_read_again(predicate):
    assert parse(json.loads(json.dumps(predicates.to_json(predicate)))) == predicate


@given(
    batch=st.lists(any_predicate(KINDS), min_size=1, max_size=10),
    rows=st.lists(facts_of(KINDS), min_size=1, max_size=25),
)
def test_the_database_answers_for_all_as_python_answers_for_one(session, batch, rows):
    columns = [column(name, SQL_TYPES[kind]) for name, kind in KINDS.items()]
    table = values(column("place", SQL_TYPES[FactType.INTEGER]), *columns, name="facts").data(
        [(place, *(row[name] for name in KINDS)) for place, row in enumerate(rows)]
    )
    # A column of nothing but nulls has no type of its own.
    typed = {name: cast(table.c[name], SQL_TYPES[kind]) for name, kind in KINDS.items()}
    asked = [to_sql(each, typed).label(f"answer_{place}") for place, each in enumerate(batch)]
    answers = session.execute(select(*asked).select_from(table).order_by(table.c.place)).all()

    assert [list(answer) for answer in answers] == [
        [predicates.holds(each, row) for each in batch] for row in rows
    ]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("\uff11", FactType.DECIMAL),
        ("1_0", FactType.DECIMAL),
        (" 1", FactType.DECIMAL),
        ("1e3", FactType.DECIMAL),
        ("NaN", FactType.DECIMAL),
        ("\u0661", FactType.DECIMAL),
        ("2026-W05-6", FactType.DATE),
        ("\uff12026-01-1", FactType.DATE),
        ("20260101", FactType.DATE),
    ],
)
def test_what_python_reads_and_the_database_does_not_is_no_value(raw, kind):
    assert predicates.read_value(raw, kind) is None
