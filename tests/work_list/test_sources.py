"""Every feature's open cases: five columns, words in both languages, an address that exists."""

import re

import pytest

from backend.app import work_sources
from backend.kit.ports import Urgency

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SOURCES = work_sources()
KINDS = [(source, name) for source in SOURCES for name in source.kinds]
SOME_ID = "0198c7a0-0000-7000-8000-000000000000"

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.code)
each_kind = pytest.mark.parametrize(("source", "name"), KINDS, ids=lambda each: str(each)[:40])


def test_no_source_and_no_kind_is_named_twice():
    codes = [source.code for source in SOURCES]
    names = [name for _, name in KINDS]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


@each_source
def test_a_source_tells_whose_what_and_by_when(source, session):
    cases = source.cases()
    assert list(cases.selected_columns.keys()) == [
        "borrower_id",
        "case_id",
        "kind",
        "due_on",
        "since",
    ]
    assert session.execute(cases).all() == []


@each_kind
def test_a_kind_has_words_in_both_languages_and_an_urgency(source, name):
    kind = source.kinds[name]
    assert kind.urgency in Urgency
    for text in (kind.text, kind.action):
        assert not CHINESE.search(text.en)
        assert CHINESE.search(text.zh_cn)


@each_kind
def test_what_can_be_done_is_done_at_an_address_of_ours(source, name, app):
    method, path = source.kinds[name].address.split(" ")
    path = path.format(borrower_id=SOME_ID, case_id=SOME_ID)
    assert app.url_map.bind("localhost").match(path, method=method)
