"""What people read of contacts, cases and work: in both languages, without a threat."""

import re

import pytest

from backend.contacts import wording as contact_words
from backend.contacts.rules import Actor, EntryKind, Outcome
from backend.events.contacts import Channel
from backend.kit.texts import LOCALES, Text
from backend.procedures import texts, wording
from backend.procedures.rules import Ground, State
from backend.procedures.service.hand_over import as_csv
from backend.work_list import wording as work_words
from tests.clock import NOW, TODAY

CHINESE = re.compile(r"[\u4e00-\u9fff]")
THREATS = re.compile(
    r"court|police|sue|lawsuit|punish|warn|blacklist|employer|起诉|法院|报警|公安|黑名单|处罚|警告",
    re.IGNORECASE,
)


def texts_of(module):
    for value in vars(module).values():
        if isinstance(value, Text):
            yield value
        elif isinstance(value, dict):
            yield from (each for each in value.values() if isinstance(each, Text))


@pytest.mark.parametrize("module", [contact_words, wording, texts, work_words])
def test_every_text_is_there_in_both_languages(module):
    found = list(texts_of(module))
    assert found
    assert [each.en for each in found if CHINESE.search(each.en)] == []
    assert [each.zh_cn for each in found if not CHINESE.search(each.zh_cn)] == []


@pytest.mark.parametrize("module", [contact_words, wording])
def test_nothing_that_she_reads_threatens(module):
    found = list(texts_of(module))
    assert [each for each in found if THREATS.search(each.en) or THREATS.search(each.zh_cn)] == []


def test_every_code_of_the_ledger_has_words():
    assert set(contact_words.CHANNELS) == set(Channel)
    assert set(contact_words.KINDS) == set(EntryKind)
    assert set(contact_words.OUTCOMES) == set(Outcome)
    assert set(contact_words.ACTORS) == set(Actor)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("state", State)
def test_wherever_a_case_stands_she_reads_what_she_can_do(state, ground, locale):
    case = {
        "id": None,
        "state": state,
        "ground": ground,
        "opened_at": NOW,
        "reply_until_on": TODAY,
        "replies": [],
    }
    shown = wording.in_words(case, locale=locale)
    assert all(shown["what_you_can_do"])
    assert shown["help"]
    assert "{" not in "".join(shown["what_you_can_do"])


def test_a_table_of_the_file_starts_no_formula():
    table = as_csv({"contacts": [{"contact": "=HYPERLINK()", "kind": None}]}, "contacts")
    assert table.splitlines() == ["contact,kind", "'=HYPERLINK(),"]
    assert as_csv({"contacts": []}, "contacts") == ""
