"""How much of what we labelled is found, and how often what is clean is stopped."""

from community.detectors.rules import PERSONAL as PERSONAL_KINDS
from community.detectors.rules import SHIPPED, Kind, Verdict, consequence
from community.detectors.service import examine
from tests.detectors.labelled import CLEAN, PERSONAL, SPEECH

RECALL_MIN, FALSE_ALARMS_MAX = 0.95, 0.02
REACHING = {str(kind) for kind in PERSONAL_KINDS} | {Kind.LINK}


def kinds(text, *, stopping=False):
    found = examine("Hello", text).findings
    return {
        str(each.kind)
        for each in found
        if not stopping or consequence(each, SHIPPED[each.rule]) is not Verdict.PUBLISH
    }


def missed(labelled, **how):
    return [each for each in labelled if each.label not in kinds(each.text, **how)]


def test_there_are_enough_of_them_and_half_hide_something():
    found = [each for each in PERSONAL if each.label != CLEAN]
    assert len(PERSONAL) >= 200
    assert min(len(found), len(PERSONAL) - len(found)) >= 90


def test_nearly_all_that_reaches_or_names_a_person_is_found():
    labelled = [each for each in PERSONAL if each.label != CLEAN]
    assert len(missed(labelled)) <= (1 - RECALL_MIN) * len(labelled), missed(labelled)


def test_hardly_anything_that_is_clean_is_taken_for_it():
    clean = [each for each in (*PERSONAL, *SPEECH) if each.label == CLEAN]
    wrong = [each for each in clean if kinds(each.text) & REACHING]
    assert len(wrong) <= FALSE_ALARMS_MAX * len(clean), wrong


def test_sellers_spam_and_abuse_are_stopped_and_despair_is_heard():
    labelled = [each for each in SPEECH if each.label not in (CLEAN, Kind.CRISIS)]
    assert len(missed(labelled, stopping=True)) <= (1 - RECALL_MIN) * len(labelled)
    heard = [each for each in SPEECH if each.label == Kind.CRISIS]
    assert missed(heard) == []


def test_what_borrowers_tell_of_themselves_and_of_the_lender_is_not_stopped():
    clean = [each for each in (*PERSONAL, *SPEECH) if each.label == CLEAN]
    stopped = [each for each in clean if kinds(each.text, stopping=True)]
    assert len(stopped) <= FALSE_ALARMS_MAX * len(clean), stopped
