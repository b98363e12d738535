"""What rules found is shown where it stands, and nothing of the text is lost or doubled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.cases.rules import Cause, Queue, Step
from community.desk import labels, wording
from community.desk.highlights import cut
from community.detectors import service as detectors
from community.detectors.rules import RULES, Certainty, Kind
from community.moderation.rules import JUDGES, REASON_LENGTH_MIN, Action, Clause, Standing
from community.reports.rules import Reason
from community.rulebook import wording as rule_wording
from community.sanctions.rules import Kind as Sanction
from community.writings.rules import Kind as WritingKind
from community.writings.rules import State

TITLES = st.text(max_size=20)
BODIES = st.text(min_size=1, max_size=60)
FOUND = st.builds(
    lambda start, length, certainty: {"start": start, "end": start + length} | certainty,
    st.integers(0, 80),
    st.integers(1, 30),
    st.sampled_from([{"certainty": "certain"}, {"certainty": "suspected"}]),
)


@given(title=TITLES, body=BODIES, findings=st.lists(FOUND, max_size=5))
def test_the_pieces_make_up_the_text(title, body, findings):
    found = cut(title=title, body=body, findings=findings)
    assert "".join(each.text for each in found.title) == title
    assert "".join(each.text for each in found.body) == body


@given(body=BODIES, findings=st.lists(FOUND, max_size=5))
def test_a_finding_covers_its_own_code_points_and_no_other(body, findings):
    place = 1
    for piece in cut(title="", body=body, findings=findings).body:
        for number, each in enumerate(findings, start=1):
            is_over = each["start"] <= place and place + len(piece.text) <= each["end"]
            assert (number in piece.marks) == is_over
        place += len(piece.text)


def test_signs_beyond_the_basic_plane_move_nothing():
    body = "😀 Call 13812345678 😀"
    found = detectors.examine("😀", body).findings
    asked = [vars(each) for each in found]
    pieces = cut(title="😀", body=body, findings=asked).body
    assert [each.text for each in pieces if each.marks] == ["13812345678"]
    assert [each.is_certain for each in pieces if each.marks] == [True]


def test_what_two_rules_found_bears_both_numbers():
    both = [
        {"start": 1, "end": 5, "certainty": "suspected"},
        {"start": 3, "end": 7, "certainty": "certain"},
    ]
    pieces = cut(title="", body="abcdefgh", findings=both).body
    assert [(each.text, each.marks, each.ends) for each in pieces] == [
        ("ab", (1,), ()),
        ("cd", (1, 2), (1,)),
        ("ef", (2,), (2,)),
        ("gh", (), ()),
    ]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (wording.QUEUES, Queue),
        (wording.QUEUE_HINTS, Queue),
        (wording.ACTIONS, Action),
        (wording.CAUSES, Cause),
        (wording.KINDS, Kind),
        (wording.CERTAINTIES, Certainty),
        (wording.STATES, State),
        (wording.STANDINGS, Standing),
        (wording.WRITING_KINDS, WritingKind),
        (wording.SANCTIONS, Sanction),
        (wording.WORRIES, Reason),
        (wording.GROUNDS, Clause),
        (labels.STEPS, Step),
        (rule_wording.RULES, RULES),
    ],
    ids=["queues", "hints", "actions", "causes", "kinds", "certainties", "states", "standings",
         "writings", "sanctions", "worries", "grounds", "steps", "rules"],
)  # fmt: skip
def test_every_code_has_its_word(words, codes):
    assert set(words) == set(codes)


@pytest.mark.parametrize("lists", [wording.GROUNDS, wording.ANSWERS, wording.REGRETS,
                                   wording.PASSINGS], ids=["g", "a", "r", "p"])  # fmt: skip
def test_a_usual_sentence_is_a_reason(lists):
    for said in lists.values():
        assert min(len(said.en), len(said.zh_cn)) >= REASON_LENGTH_MIN


def test_appeals_have_their_answers():
    assert set(wording.ANSWERS) == {Action.UPHOLD, Action.OVERTURN}
    assert JUDGES.isdisjoint(wording.ANSWERS)
