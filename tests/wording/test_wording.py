"""What must never reach a borrower is found, with its place and a better phrase."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.wording import find_unkind
from backend.kit.wording.check import LANGUAGES
from backend.kit.wording.folding import fold
from notifications.templates.shipped import SHIPPED
from tests.wording.labelled import CLEAN, LABELLED

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("category", "text"), LABELLED)
def test_what_is_unkind_is_found_and_named(category, text):
    found = find_unkind(text)
    assert category in {each.category for each in found}
    for each in found:
        assert text[each.start : each.end] == each.phrase
        assert bool(CHINESE.search(each.better)) == bool(CHINESE.search(each.phrase))


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_kind_passes(text):
    assert find_unkind(text) == []


def test_the_labelled_set_is_large_enough_to_tell():
    assert len(LABELLED) + len(CLEAN) >= 120
    assert {category for category, _ in LABELLED} == {
        "threat", "shame", "false_authority", "third_party",
    }  # fmt: skip


def test_what_is_proposed_instead_is_kind_itself():
    proposed = {phrase.better for language in LANGUAGES for phrase in language.phrases}
    assert [each for each in proposed if find_unkind(each)] == []


@pytest.mark.parametrize("template", SHIPPED.values(), ids=list(SHIPPED))
def test_what_is_shipped_is_kind(template):
    texts = [text for both in template.words.as_json().values() for text in both.values()]
    assert [find_unkind(text) for text in texts] == [[] for _ in texts]


SENTENCE = st.sampled_from(CLEAN)


@given(bad=st.sampled_from(LABELLED), before=SENTENCE, after=SENTENCE)
def test_kind_sentences_around_it_hide_nothing(bad, before, after):
    text = f"{before}\n{bad[1]}\n{after}"
    found = find_unkind(text)
    assert bad[0] in {each.category for each in found}
    inside = range(len(before) + 1, len(before) + 1 + len(bad[1]) + 1)
    assert all(each.start in inside and each.end in inside for each in found)


@given(text=st.text(max_size=200))
def test_places_are_those_of_the_text_as_given(text):
    folded = fold(text)
    assert list(folded.places) == sorted(folded.places)
    for each in find_unkind(text):
        assert text[each.start : each.end] == each.phrase
        assert each.phrase


@given(sign=st.sampled_from(" .*·-_|\u200b\u3000"), bad=st.sampled_from(["起诉", "坐牢", "老赖"]))
def test_signs_that_are_slipped_in_hide_nothing(sign, bad):
    assert find_unkind(f"我们{sign.join(bad)}了")[0].phrase == sign.join(bad)


def test_the_longest_text_that_is_taken_is_read_at_once():
    for text in (
        "not " * 1_250,
        "我们不会" * 1_250,
        "a.b." * 1_250,
        "your " * 1_000,
        "影响您的" * 1_250,
    ):
        assert find_unkind(text) == []
