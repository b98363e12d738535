"""Words with values filled in, whatever the values hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.texts import Text
from notifications.templates.rendering import ValueMissingError, find_missing, render_words
from notifications.templates.rules import find_errors, sms_segments
from notifications.templates.shipped import SHIPPED
from notifications.templates.words import Kind

REMINDER = SHIPPED["reminder.due_in_3"]
KINDS = dict.fromkeys(("name", "other"), Kind.TEXT)


def say(body, values, *, kinds=KINDS, locale="en"):
    words = replace(REMINDER.words, body=Text(body, body))
    return render_words(
        words, variables=kinds, values=values, locale=locale, action_code="see_loan"
    ).body


def test_values_are_written_as_a_reader_of_the_language_writes_them():
    kinds = {"a": Kind.MONEY, "on": Kind.DAY, "n": Kind.COUNT, "w": Kind.WORDS}
    values = {
        "a_minor": 123456, "currency": "CNY", "on": "2026-11-30", "n": 1200,
        "w_en": "Kept", "w_zh_cn": "守约",
    }  # fmt: skip
    body = "{a} {on} {n} {w}"
    assert say(body, values, kinds=kinds) == "CN¥1,234.56 November 30, 2026 1,200 Kept"
    chinese = say(body, values, kinds=kinds, locale="zh-CN")
    assert chinese == "¥1,234.56 2026年11月30日 1,200 守约"
    yen = {"a_minor": 500, "currency": "JPY"}
    assert say("{a}", yen, kinds={"a": Kind.MONEY}) == "¥500"


def test_an_optional_part_goes_with_its_variable():
    assert say("Hello.[[ {name} helps.]]", {"name": "Lin"}) == "Hello. Lin helps."
    for nobody in ({}, {"name": ""}, {"name": "\u200b "}):
        assert say("Hello.[[ {name} helps.]]", nobody) == "Hello."


def test_a_value_that_is_needed_and_missing_is_a_defect():
    with pytest.raises(ValueMissingError):
        say("Hello {name}", {})
    words = replace(REMINDER.words, body=Text("{name}[[{other}]]", "{name}"))
    assert find_missing(words, variables=KINDS, values={}) == {"name"}


@given(value=st.text(min_size=1, max_size=60))
def test_a_value_is_never_read_as_words_again(value):
    hostile = value + "{other}{other.__class__}[[{name}]]{0}%s$" + value
    said = say("<{name}>", {"name": hostile, "other": "SECRET"})
    assert "SECRET" not in said
    assert "{other.__class__}" in said


@given(body=st.text(alphabet="{}[]name.other_0 !x", max_size=40))
def test_what_passes_the_check_can_be_said(body):
    words = replace(REMINDER.words, body=Text(body, "好"))
    errors = [at for at, _ in find_errors(words, variables=KINDS) if at == "#/words/body/en"]
    if not errors:
        said = say(body, {"name": "A", "other": "B"})
        assert not set("{}") & set(said)


@pytest.mark.parametrize("body", [
    "{name.__class__}", "{name!r}", "{name:>9}", "{}", "{0}", "{{name}}", "{% x %}", "{nobody}",
    "{Name}", "[[nothing]]", "[[{name}", "{name}]]", "[[ [[{name}]] ]]", "", " ", "a\x00b",
    "a\u202eb", "x" * 601,
])  # fmt: skip
def test_a_body_that_is_not_plain_words_and_known_variables_is_refused(body):
    words = replace(REMINDER.words, body=Text(body, "好"))
    found = [at for at, _ in find_errors(words, variables=KINDS)]
    assert set(found) == {"#/words/body/en"}


@pytest.mark.parametrize(("text", "segments"), [
    ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
    ("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3), ("a" * 70 + "好", 2),
    ("\U0001f642" * 35, 1), ("\U0001f642" * 36, 2),
])  # fmt: skip
def test_text_messages_are_counted_as_networks_count_them(text, segments):
    assert sms_segments(text) == segments
