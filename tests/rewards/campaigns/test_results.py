"""What a campaign did: by who was meant, in spans that are over, told with its doubt."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from backend.kit.ids import new_id
from backend.kit.statistics import Mean, Share
from backend.loans.models import Installment
from rewards.campaigns.engine_models import CampaignDecision, CampaignParticipant
from rewards.campaigns.results_rules import (
    DEFINITIONS,
    DUE_DATES_KEPT,
    FINDINGS,
    LOOKS,
    Comparison,
    Finding,
    Look,
    look_of,
)
from tests.clock import NOW, TODAY
from tests.factories.campaigns import address, begin, launched
from tests.factories.loans import make_borrower, make_installments, make_loan

WINDOW = 30
JOINED = TODAY - timedelta(days=40)
ARM = 32


@pytest.fixture
def campaign(session, staff_api):
    marketer, approver = staff_api("marketer"), staff_api("campaign_approver")
    return launched(session, marketer, approver, begin(marketer))


def join(session: Any, campaign: Any, arm: str, *, kept: bool, joined=JOINED) -> Any:
    """Somebody with one instalment in her span, kept or not."""
    name = str(new_id())
    who = make_borrower(session, external_id=name)
    rows = make_installments(1, first_due_on=joined + timedelta(days=10))
    _, loan_id = make_loan(session, borrower=name, installments=rows)
    if kept:
        session.execute(
            update(Installment)
            .where(Installment.loan_id == loan_id)
            .values(paid_on=joined + timedelta(days=9))
        )
    session.execute(
        insert(CampaignParticipant).values(
            borrower_id=who,
            campaign_id=campaign["id"],
            arm=arm,
            joined_at=NOW,
            joined_seq=1,
            joined_on=joined,
            version=1,
            tier="stable",
        )
    )
    return who


def decide(session: Any, campaign: Any, who: Any, outcome: str, **more: Any) -> None:
    row = {
        "borrower_id": who,
        "campaign_id": campaign["id"],
        "seq": 1,
        "version": 1,
        "trigger": "installment_paid",
        "outcome": outcome,
        "reasons": [],
        "effects": [],
        "snapshot": {},
        "points": 0,
        "occurred_at": NOW,
        "on_day": TODAY,
        "decided_at": NOW,
    }
    session.execute(insert(CampaignDecision).values(row | more))


def results(api: Any, campaign: Any, **query: Any) -> Any:
    answer = api.get(address(campaign, "results"), query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def compared(found: Any, code: str) -> Any:
    (each,) = [each for each in found["comparisons"] if each["code"] == code]
    return each


def test_a_campaign_that_works_is_found_to_work(session, campaign, staff_api):
    for n in range(ARM):
        join(session, campaign, "treated", kept=n < 30)
        join(session, campaign, "holdout", kept=n < 16)
    found = results(staff_api("marketer"), campaign)
    first = found["comparisons"][0]
    assert (first["code"], first["is_primary"]) == ("on_time_rate", True)
    assert first["treated"] == {"size": ARM, "count": 30, "value": 30 / 32}
    assert first["holdout"] == {"size": ARM, "count": 16, "value": 0.5}
    assert first["difference"] == pytest.approx(30 / 32 - 0.5)
    low, high = first["difference_interval"]
    assert 0 < low < first["difference"] < high
    assert first["finding"] == "better"
    assert compared(found, DUE_DATES_KEPT)["finding"] == "better"
    # Nobody had been past due before, so there is nobody to speak of.
    assert compared(found, "second_overdue")["finding"] == "too_few"
    assert compared(found, "cure_rate")["treated"]["size"] == 0
    complaints = compared(found, "complaints")
    assert (complaints["finding"], complaints["treated"]) == ("unknown", None)
    assert "not recorded" in complaints["finding_text"]
    assert found["look"] == "early"
    assert "early" in found["look_text"]


def test_a_few_say_nothing(session, campaign, staff_api):
    for n in range(ARM - 3):
        join(session, campaign, "treated", kept=True)
        if n < 5:
            join(session, campaign, "holdout", kept=False)
    first = results(staff_api("auditor"), campaign)["comparisons"][0]
    assert (first["finding"], first["difference"], first["difference_interval"]) == (
        "too_few",
        None,
        None,
    )
    assert first["treated"]["size"] == ARM - 3


def test_who_is_still_in_her_span_is_counted_and_not_measured(session, campaign, staff_api):
    join(session, campaign, "treated", kept=True)
    join(session, campaign, "treated", kept=True, joined=TODAY - timedelta(days=WINDOW))
    join(session, campaign, "treated", kept=True, joined=TODAY - timedelta(days=WINDOW - 1))
    api = staff_api("marketer")
    assert results(api, campaign)["reach"] == {
        "treated": 3,
        "holdout": 0,
        "treated_measured": 2,
        "holdout_measured": 0,
        "awarded": 0,
    }
    earlier = results(api, campaign, as_of=str(JOINED + timedelta(days=WINDOW)))
    assert (earlier["reach"]["treated"], earlier["reach"]["treated_measured"]) == (3, 1)
    before = results(api, campaign, as_of=str(JOINED - timedelta(days=1)))
    assert before["reach"]["treated"] == 0


def test_cost_is_by_week_and_what_was_taken_back_stays_spent(session, campaign, staff_api):
    whom = [join(session, campaign, "treated", kept=True) for _ in range(3)]
    held_out = join(session, campaign, "holdout", kept=True)
    decide(session, campaign, whom[0], "awarded", points=200)
    last_week = TODAY - timedelta(days=7)
    decide(session, campaign, whom[1], "awarded", points=200, on_day=last_week)
    decide(session, campaign, whom[2], "reversed", points=200, reversed_at=NOW, reversed_seq=2)
    decide(session, campaign, held_out, "refused", reasons=["holdout"])
    api = staff_api("marketer")
    found = results(api, campaign)
    assert found["refused"] == {"holdout": 1}
    cost = found["cost"]
    assert (cost["awards"], cost["points"], cost["taken_back"]) == (3, 600, 1)
    assert cost["points_each"] == 200
    assert [(each["awards"], each["points"]) for each in cost["by_week"]] == [(1, 200), (2, 400)]
    assert found["reach"]["awarded"] == 3
    earlier = results(api, campaign, as_of=str(last_week))
    assert (earlier["cost"]["awards"], earlier["refused"]) == (1, {})


def test_what_never_ran_has_no_results(staff_api):
    marketer = staff_api("marketer")
    never = begin(marketer)
    answer = marketer.get(address(never, "results"))
    assert (answer.status_code, answer.json["code"]) == (409, "campaign-not-launched")
    assert marketer.get("/v1/campaigns/" + str(new_id()) + "/results").status_code == 404
    assert staff_api("moderator").get(address(never, "results")).status_code == 403


def of(code: str, treated: Any, holdout: Any) -> Comparison:
    return Comparison(code, is_primary=True, treated=treated, holdout=holdout)


def share(kept: int, lost: int, *, code: str = "on_time_rate") -> Comparison:
    return of(code, Share(kept, 100), Share(lost, 100))


@pytest.mark.parametrize(
    ("comparison", "finding"),
    [
        (share(80, 50), Finding.BETTER),
        (share(50, 80), Finding.WORSE),
        (share(52, 50), Finding.NOTHING_PROVEN),
        (share(80, 50, code="second_overdue"), Finding.WORSE),
        (share(10, 50, code="second_overdue"), Finding.BETTER),
        (of("complaints", None, None), Finding.UNKNOWN),
        (of("on_time_rate", Share(29, 29), Share(0, 900)), Finding.TOO_FEW),
        (of(DUE_DATES_KEPT, Mean(0.9, 0.01, 50), Mean(0.5, 0.01, 50)), Finding.BETTER),
    ],
    ids=lambda value: getattr(value, "code", str(value)),
)
def test_what_is_said_of_a_difference(comparison, finding):
    assert comparison.finding is finding
    assert (comparison.difference is None) is (finding in (Finding.TOO_FEW, Finding.UNKNOWN))


def test_a_look_is_final_once_the_last_to_join_has_had_her_span():
    until = TODAY
    over = until + timedelta(days=WINDOW)
    for as_of, look in ((over - timedelta(days=1), Look.EARLY), (over, Look.FINAL)):
        assert look_of(joined_until=until, window_days=WINDOW, as_of=as_of) is look


def test_every_word_is_there_in_both_languages():
    told = [*FINDINGS.values(), *LOOKS.values()]
    told += [text for each in DEFINITIONS.values() for text in (each.name, each.about)]
    assert all(text.en and text.zh_cn for text in told)
    assert set(FINDINGS) == set(Finding)
