# ruff: noqa: RUF001 - characters that look like others are what this is about
"""What an examination says, and that no text is too strange for it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.detectors import rules
from community.detectors.folding import fold
from community.detectors.rules import RULES, SHIPPED, Certainty, Kind, Mode, Verdict
from community.detectors.service import ALIKE_MIN, examine, fingerprint, likeness

AD = "Debtors look here: our team does debt settlement for a small fee, message us on the app. "
# Small parts out of which people build what rules look for.
PARTS = st.sampled_from(
    [
        *(
            "138",
            "0013",
            "8000",
            "一三八",
            "①",
            "one ",
            "微信",
            "vx",
            "@",
            " at ",
            ".com",
            "x",
            "X",
        ),
        *(
            "🌟",
            "１",
            "\u200b",
            "1️⃣",
            " ",
            "\n",
            "-",
            "。",
            "代理维权",
            "加我",
            "abc_1",
            "想死",
            "O",
        ),
        *(
            "ﬁ",
            "㊙",
            "İ",
            "𠮷",
            "٣",
            "½",
            "身份证",
            "11010519491231002",
            "4111",
            "+44 ",
            "www.",
            "\t",
        ),
    ]
)
# Seconds of processor time, far above what any text takes: a rule that explodes takes minutes.
SECONDS_MAX = 1.0
UNITS = (
    *"1a我 .@-_/+(*微v薇点一零加Qo",
    *(
        "1 ",
        "1a",
        "a@",
        "@a.",
        "a.b",
        "a-",
        "13800138000 ",
        "+1 ",
        "www.",
        "http://",
        "加v ",
        "v x ",
    ),
    *(
        "at ",
        "dot ",
        "one ",
        "4111 ",
        "[at]",
        "微信id ",
        "1,",
        "110105194912310021",
        "1️⃣",
        "代理维权",
    ),
)


@given(st.lists(st.one_of(PARTS, st.text(max_size=4)), max_size=60).map("".join))
def test_every_finding_is_a_place_in_the_writers_own_text(body):
    whole = f"Title\n{body}"
    last = 0
    for found in examine("Title", body).findings:
        assert 0 <= found.start < found.end <= len(whole)
        assert found.start >= last, "in the order of the text"
        last = found.start
        assert found.kind is RULES[found.rule].kind


@given(st.text(max_size=200))
def test_the_plain_view_leads_back_to_every_character(text):
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= n < len(text) for n in folded.origin)
    assert all(folded.text[n].isalnum() for n in folded.squeezed.origin)


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_a_rule_out_of_its_depth(unit):
    body = (unit * rules.BODY_LENGTH_MAX)[: rules.BODY_LENGTH_MAX]
    before = time.process_time()
    examine("Title", body)
    assert time.process_time() - before < SECONDS_MAX


@pytest.mark.parametrize(
    ("text", "kind", "there"),
    [
        ("call 138🌟0013🌟8000 now", Kind.PHONE, "138🌟0013🌟8000"),
        ("我的号码是一三八零零一三八零零零。", Kind.PHONE, "一三八零零一三八零零零"),
        ("zero four one two three four five six seven eight", Kind.PHONE, None),
        (
            "ＩＤ：１１０１０５１９４９１２３１００２Ｘ",
            Kind.RESIDENT_ID,
            "１１０１０５１９４９１２３１００２Ｘ",
        ),
        ("card 4111 1111 1111 1111!", Kind.CARD, "4111 1111 1111 1111"),
        ("(john dot smith at gmail dot com)", Kind.EMAIL, "john dot smith at gmail dot com"),
    ],
)
def test_the_place_is_the_whole_of_what_was_found(text, kind, there):
    [found] = [each for each in examine("T", text).findings if each.kind is kind]
    assert f"T\n{text}"[found.start : found.end] == (there or text)


def test_what_begins_in_the_title_is_found_too():
    [found] = examine("13800138000", "hello").findings
    assert (found.kind, found.start, found.end) == (Kind.PHONE, 0, 11)


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("身份证 11010519491231002X", Certainty.CERTAIN),
        ("身份证 110105194912310021", Certainty.SUSPECTED),
        ("card 4111111111111111", Certainty.CERTAIN),
        ("card 4111111111111112", Certainty.SUSPECTED),
        ("电话 13800138000", Certainty.CERTAIN),
        ("1加3加8加0加0加1加3加8加0加0加0", Certainty.SUSPECTED),
    ],
)
def test_check_digits_and_shapes_tell_certain_from_suspected(text, certainty):
    assert [each.certainty for each in examine("T", text).findings] == [certainty]


@pytest.mark.parametrize(
    ("mode", "certain", "suspected"),
    [
        (Mode.SHADOW, Verdict.PUBLISH, Verdict.PUBLISH),
        (Mode.FLAG, Verdict.PUBLISH, Verdict.PUBLISH),
        (Mode.HOLD, Verdict.HOLD, Verdict.HOLD),
        (Mode.BLOCK, Verdict.REFUSE, Verdict.HOLD),
    ],
)
def test_a_mode_says_what_follows(mode, certain, suspected):
    modes = {**SHIPPED, "pii.phone": mode}
    sure = examine("T", "电话 13800138000", modes=modes)
    unsure = examine("T", "家里电话 62345678", modes=modes)
    assert (sure.verdict, unsure.verdict) == (certain, suspected)
    assert bool(sure.findings) is (mode is not Mode.SHADOW)
    assert bool(sure.silent) is (mode is Mode.SHADOW)


def test_despair_is_never_stopped_whatever_mode_is_asked_for():
    for mode in Mode:
        told = examine("T", "I want to die", modes=dict.fromkeys(RULES, mode))
        assert told.verdict is Verdict.PUBLISH
        assert told.is_crisis


def test_a_longer_text_with_a_number_hidden_among_thousands_of_others_is_not_published():
    noise = " ".join(f"0{n}" for n in range(10_000, 10_400))
    assert examine("T", f"{noise}, 电话 13800138000").verdict is Verdict.REFUSE


def test_the_same_advertisement_with_another_number_shares_keys_and_others_do_not():
    first, second = f"{AD}vx abc12345 🌟", f"{AD.upper()} VX: xyz99999"
    other = "I paid off the smallest loan first and then the next, and it took me three years."
    assert likeness(first, second) >= ALIKE_MIN > likeness(first, other)
    assert set(fingerprint(first)) & set(fingerprint(second))
    assert not set(fingerprint(first)) & set(fingerprint(other))
    assert fingerprint(first) == fingerprint(first)
    assert all(-(2**63) <= key < 2**63 for key in fingerprint(first))


def test_short_thanks_are_like_nothing():
    assert fingerprint("谢谢大家") == ()
    assert likeness("谢谢大家", "谢谢大家") == 0
