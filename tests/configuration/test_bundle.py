"""The text of a bundle: what it keeps, and what of YAML it refuses."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.configuration.bundle import (
    DEPTH_MAX,
    SIZE_MAX,
    hash_of,
    load,
    read_bundle,
    write_bundle,
)
from backend.configuration.rules import list_changes
from backend.kit.problems import Invalid

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
TEXTS = st.text(LETTERS, max_size=20) | st.sampled_from(
    [
        *("null", "~", "", "true", "yes", "no", "on", "1", "-0", "01", "1.5", "1.5e5", "1e5", ".5"),
        *("2026-01-01", "09:00", "0x1f", "0o7", "<<", "*a", "&a", "!b", "- a", "a: b", "# c"),
        *("a\nb", "a\n", "\n a", " a ", "中文：守约", "'", '"', "\u2028", "\ufeffx", "%", "@", "`"),
    ]
)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
SCALARS = st.none() | st.booleans() | WHOLE | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
CONTENTS = st.dictionaries(TEXTS, st.dictionaries(TEXTS, VALUES, max_size=3), max_size=3)


def refused(text: str) -> str:
    with pytest.raises(Invalid) as found:
        load(text)
    return found.value.errors[0].detail.en


@given(CONTENTS)
def test_what_is_written_is_read_as_it_was(contents):
    text = write_bundle(contents)
    found = read_bundle(text)
    assert found.contents == contents
    assert write_bundle(found.contents) == text
    assert list_changes(contents, found.contents) == []


@pytest.mark.parametrize("number", [0.1, 1.5, -2.25, 1e-07, 1e22])
def test_decimals_come_back(number):
    assert read_bundle(write_bundle({"a": {"b": number}})).contents == {"a": {"b": number}}


@pytest.mark.parametrize("text", ["day: 2026-01-01", "hour: 09:00", "answer: yes", "code: 007"])
def test_what_others_take_for_a_day_or_a_truth_stays_text(text):
    (value,) = load(text).values()
    assert value == text.partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &x [1]\nb: 2", "Line 1: no anchors."),
        ("a: 1\nb: *x", "Line 2: no aliases."),
        ("a: !!python/object/apply:os.system ['true']", "Line 1: no tags."),
        ("a: !!binary aGk=", "Line 1: no tags."),
        ("a: 1\na: 2", "Line 2: this key is there twice."),
        ("1: a", "Line 1: keys are text."),
        ("[a, b]: c", "Line 1: keys are text."),
        ("a: 1\n---\nb: 2", "Line 2: one document only."),
        ('a: "\\0"', "Line 1: no control characters."),
        ("a: 9007199254740992", "Line 1: this number is too long."),
        ("a: " + "9" * 5_000, "Line 1: this number is too long."),
        ("a: [", "Line 2: this is no YAML."),
        ("a: \ttab: b: c", "Line 1: this is no YAML."),
        ("[" * (DEPTH_MAX + 1), "Line 1: nested too deep."),
        ("[" * 500_000, "Line 1: nested too deep."),
        ("a" * (SIZE_MAX + 1), f"Must be at most {SIZE_MAX} characters."),
        ("[" + "1," * 250_000 + "]", "Line 1: too much."),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_no_plain_data_is_refused_with_its_line(text, told):
    assert refused(text) == told


def test_a_bomb_of_aliases_is_refused_before_it_grows():
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert refused("\n".join(lines)) == "Line 1: no anchors."


def test_an_edit_by_hand_is_noticed_and_the_right_hash_named():
    contents = {"badges": {"a_badge": {"goal": 3}}}
    text = write_bundle(contents)
    edited = text.replace("goal: 3", "goal: 4")
    with pytest.raises(Invalid) as found:
        read_bundle(edited)
    (error,) = found.value.errors
    right = hash_of({"badges": {"a_badge": {"goal": 4}}})
    assert error.pointer == "#/hash"
    assert right in error.detail.en
    again = read_bundle(edited.replace(hash_of(contents), right))
    assert again.contents["badges"]["a_badge"] == {"goal": 4}


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ("[]", "#"),
        ("format: x", "#"),
        ("format: x\nhash: y\ncontents: {}", "#/format"),
        ("format: goodfaith-configuration/1\nhash: y\ncontents: []", "#/contents"),
        ("format: goodfaith-configuration/1\nhash: y\ncontents: {badges: 1}", "#/contents/badges"),
        ("format: goodfaith-configuration/1\nhash: y\ncontents: {}", "#/hash"),
    ],
    ids=["list", "members", "format", "contents", "part", "hash"],
)
def test_another_shape_is_refused_at_its_place(document, pointer):
    with pytest.raises(Invalid) as found:
        read_bundle(document)
    assert found.value.errors[0].pointer == pointer


def test_others_read_it_as_well():
    contents = {"badges": {"a_badge": {"name": {"zh-CN": "守约"}, "when": "2026-01-01"}}}
    assert yaml.safe_load(write_bundle(contents))["contents"] == contents


def test_a_change_is_named_by_its_place():
    before = {"a": {"b/c": [1, 2]}, "d": 1, "e": True}
    after = {"a": {"b/c": [1, 3, 4]}, "d": 1, "e": 1}
    found = [(each.pointer, each.before, each.after) for each in list_changes(before, after)]
    assert found == [("/a/b~1c/1", 2, 3), ("/a/b~1c/2", "(absent)", 4), ("/e", True, 1)]
