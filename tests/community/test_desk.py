"""Moderators: a case at a time, what is decided of it, and the way back."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backend.kit import clock
from backend.kit.db import WalledBase
from backend.kit.wiring import JobContext
from community.moderation import jobs
from tests.clock import NOW
from tests.community.conftest import POSTS
from tests.community.desk import WHY, told
from tests.fixtures.api import new_key

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def minutes_pass(session):
    """`minutes_pass()`: ten minutes are over and the job has run."""

    def run(at=LATER):
        context = JobContext(as_of=at.date(), now=at, run_id=None, heartbeat=lambda: None)
        with clock.fixed(at):
            return jobs.let_count(context)["decisions"]

    return run


@pytest.fixture
def report():
    def say(who, target_id, reason="insult", target_type="post", **given):
        body = {"target_type": target_type, "target_id": target_id, "reason": reason} | given
        return who.api.post("/v1/community/reports", json=body, headers=new_key())

    return say


def names_in(value):
    """Every name of a field, however deep."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from names_in(each)


def test_what_is_held_waits_for_a_moderator_who_publishes_it(person, desk):
    ann, mod = person(), desk()
    post = ann.write().json
    case = mod.take()
    assert case["content"]["title"] == "Soup again"
    assert case["causes"] == ["first_posts"]
    assert case["author"]["clean"] == 0
    assert {each["key"] for each in case["actions"]} == {"a", "w", "r", "m", "s"}
    assert mod.decide(case, "approve").json["decision"]["standing"] == "counts"
    assert person().feed() == [post["id"]]
    assert mod.next().status_code == 204


def test_nothing_of_a_loan_is_on_the_desk(person, desk):
    person(monthly_income_minor=1_234_500).write()
    names = set(names_in(desk().take()))
    banned = ("loan", "dpd", "past_due", "tier", "balance", "income", "borrower", "phone")
    assert [name for name in names if any(word in name for word in banned)] == []


def test_no_table_behind_the_wall_has_a_place_for_a_loan():
    names = {
        f"{table.name}.{column.name}"
        for table in WalledBase.metadata.tables.values()
        for column in table.columns
    }
    banned = ("loan", "tier", "dpd", "past_due", "balance", "amount", "income", "debt")
    assert [name for name in names if any(word in name for word in banned)] == []


def test_a_removal_hides_at_once_counts_in_ten_minutes_and_says_why(
    trusted, person, desk, report, minutes_pass, session
):
    ann, bea, mod = trusted(), person(), desk()
    post = ann.write().json
    assert report(bea, post["id"]).status_code == 201
    decision = mod.remove(mod.take())
    assert decision["standing"] == "pending"
    assert post["id"] not in bea.feed()
    shown = ann.api.get(f"{POSTS}/{post['id']}").json
    assert [each["code"] for each in shown["reasons"]] == ["under_review"]
    assert ann.api.get("/v1/me/community").json["statements"] == []
    assert minutes_pass(LATER - timedelta(seconds=1)) == 0
    assert minutes_pass() == 1
    assert minutes_pass() == 0
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    assert statement["reason"] == WHY
    assert statement["clause_text"].startswith("No telephone numbers")
    assert bea.api.get("/v1/community/reports").json["items"][0]["outcome"] == "acted"
    assert [row.borrower_id for row in told(session, "MemberSanctioned")] == [ann.id]
    assert [row.borrower_id for row in told(session, "ReportAnswered")] == [bea.id]


def test_a_statement_names_the_rules_that_a_machine_ran_and_no_other_reason(
    person, desk, minutes_pass
):
    ann, mod = person(), desk()
    ann.write(body="专业代理维权，帮您停息挂账，先付费后办理，联系我们")
    case = mod.take()
    assert case["queue"] == "general"
    assert {"banned", "first_posts"} <= set(case["causes"])
    mod.remove(case, clause="debt_sellers")
    minutes_pass()
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    assert statement["found_by"] == sorted({each["rule"] for each in case["findings"]})
    assert statement["found_by"]


def test_a_mis_click_is_free(trusted, desk, report, person, minutes_pass):
    ann, mod = trusted(), desk()
    post = ann.write().json
    report(person(), post["id"])
    decision = mod.remove(mod.take())
    undone = mod.on_decision(decision, "undo", reason="I pressed the wrong key.")
    assert undone.json["standing"] == "undone"
    assert minutes_pass() == 0
    assert ann.api.get("/v1/me/community").json["statements"] == []
    assert post["id"] in person().feed()
    assert mod.take()["target_id"] == post["id"]
    assert mod.on_decision(decision, "undo", reason="And once more.").status_code == 409


def test_from_post_to_restoration(person, desk, report, minutes_pass, session):
    """Held, approved, reported, removed with a statement, appealed, restored by somebody else."""
    ann, bea, mod, other = person(), person(), desk(), desk()
    post = ann.write().json
    mod.decide(mod.take(), "approve")
    report(bea, post["id"], reason="personal_data", note="My number is in it.")
    case = mod.take()
    assert (case["reports"], case["notes"]) == (
        [{"reason": "personal_data", "count": 1}],
        ["My number is in it."],
    )
    mod.remove(case)
    minutes_pass()
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    appeal = {"decision_id": statement["decision_id"], "text": "There is no number in it."}
    path = "/v1/me/community/appeals"
    made = ann.api.post(path, json=appeal, headers=new_key())
    assert (made.status_code, made.json["outcome"]) == (201, None)
    assert ann.api.post(path, json=appeal, headers=new_key()).json["code"] == "appeal-made"
    assert bea.api.post(path, json=appeal, headers=new_key()).status_code == 404
    assert mod.next("appeals").status_code == 204
    second = other.take("appeals")
    assert second["appeal"]["text"] == "There is no number in it."
    with clock.fixed(LATER):
        answered = other.decide(second, "overturn", reason="She is right: there is none.")
    assert answered.json["appeal"]["outcome"] == "overturned"
    assert bea.feed() == [post["id"]]
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    assert (statement["is_undone"], statement["appeal"]["outcome"]) == (True, "overturned")
    assert bea.api.get("/v1/community/reports").json["items"][0]["outcome"] == "kept"
    assert len(told(session, "AppealAnswered")) == 1


def test_the_database_itself_refuses_ones_own_appeal(
    trusted, desk, report, person, minutes_pass, behind_the_wall
):
    ann, mod = trusted(), desk()
    report(person(), ann.write().json["id"])
    decision = mod.remove(mod.take())
    minutes_pass()
    body = {"decision_id": decision["id"], "text": "Please look again."}
    ann.api.post("/v1/me/community/appeals", json=body, headers=new_key())
    with pytest.raises(IntegrityError, match="reviewed_by_another"), behind_the_wall.begin_nested():
        behind_the_wall.execute(
            text(
                "UPDATE community.appeal SET outcome = 'upheld', reviewer_id = decider_id,"
                " decided_at = now(), reason = 'mine'"
            )
        )


@pytest.mark.parametrize("days", [31, None])
def test_long_sanctions_need_a_second_moderator(
    trusted, desk, report, person, minutes_pass, behind_the_wall, days
):
    ann, mod, other = trusted(), desk(), desk()
    report(person(), ann.write().json["id"])
    decision = mod.remove(mod.take(), action="suspend", days=days)
    assert decision["standing"] == "waiting"
    assert minutes_pass() == 0
    with (
        pytest.raises(IntegrityError, match="confirmed_by_another"),
        behind_the_wall.begin_nested(),
    ):
        behind_the_wall.execute(
            text(
                "UPDATE community.moderation_decision"
                " SET confirmed_by = staff_id, confirmed_at = now()"
            )
        )
    own = mod.on_decision(decision, "confirm")
    assert (own.status_code, own.json["code"]) == (403, "second-person-needed")
    assert other.on_decision(decision, "confirm").json["standing"] == "pending"
    assert other.on_decision(decision, "confirm").status_code == 409
    assert minutes_pass() == 1
    with clock.fixed(LATER):
        barred = ann.write(title="And another")
        lasting = ann.api.get("/v1/me/community").json["sanctions"]
    assert (barred.status_code, barred.json["code"]) == (403, "writing-paused")
    assert [each["kind"] for each in lasting] == ["suspend"]


def test_a_sanction_ends_by_itself(trusted, desk, report, person, minutes_pass):
    ann, mod = trusted(), desk()
    report(person(), ann.write().json["id"])
    mod.remove(mod.take(), action="mute", days=3)
    minutes_pass()
    with clock.fixed(LATER):
        assert ann.write(title="And another").status_code == 403
    with clock.fixed(LATER + timedelta(days=3)):
        assert ann.write(title="And another").status_code == 201
        assert ann.api.get("/v1/me/community").json["sanctions"] == []


def test_who_comes_too_late_is_told_what_was_decided(person, desk):
    person().write()
    mod, other = desk(), desk()
    mine = mod.take()
    with clock.fixed(NOW + timedelta(minutes=10)):
        theirs = other.take()
        assert theirs["id"] == mine["id"]
        assert mod.decide(mine, "approve").json["code"] == "case-moved"
        other.decide(theirs, "approve")
        late = mod.decide(mine, "approve")
    assert (late.status_code, late.json["decision"]["action"]) == (409, "approve")


def test_a_text_that_changed_is_read_again(person, desk):
    ann, mod = person(), desk()
    post = ann.write().json
    case = mod.take()
    ann.api.patch(
        f"{POSTS}/{post['id']}",
        json={"title": "Other words", "body": "Altogether."},
        headers={"If-Match": '"1"'},
    )
    stale = mod.decide(case, "approve")
    assert (stale.status_code, stale.json["code"]) in [(409, "case-changed"), (409, "case-moved")]
    again = mod.on_case(case, "heartbeat")
    fresh = again.json if again.status_code == 200 else mod.take()
    assert fresh["content"]["title"] == "Other words"
    assert fresh["version"] > case["version"]
    assert mod.decide(fresh, "approve").status_code == 200


def test_a_complaint_about_the_lender_is_not_abuse(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    report(person(), ann.write(body="They charged me twice. Shame on them.").json["id"])
    case = mod.take()
    move = {"to": "complaints-about-lender", "reason": "It is about the lender."}
    assert mod.on_case(case, "escalate", **move).status_code == 204
    assert mod.next().status_code == 204
    again = mod.take("complaints-about-lender")
    assert {each["action"] for each in again["actions"]} == {"approve", "remove"}
    refused = mod.decide(again, "remove", clause="respect", reason=WHY)
    assert refused.json["errors"][0]["pointer"] == "#/clause"
    mod.api.headers["Accept-Language"] = "zh-CN"
    told = mod.decide(again, "remove", clause="respect", reason=WHY).json["errors"][0]["detail"]
    assert told == "对贷款机构的意见，只有危及他人时才可撤下。"
    assert mod.decide(again, "mute", clause="threats", reason=WHY, days=1).status_code == 422
    assert mod.decide(again, "approve").status_code == 200


def test_skipped_thrice_it_is_a_leads(person, desk):
    person().write()
    for _ in range(3):
        mod = desk()
        case = mod.take()
        assert mod.on_case(case, "skip", reason="I know this person.").status_code == 204
        assert mod.next().status_code == 204
    assert desk().next().status_code == 204
    lead = desk("lead_moderator")
    assert lead.take()["is_for_lead"] is True
    trail = lead.api.get(f"/v1/moderation/cases/{case['id']}/trail").json["items"]
    assert [each["what"] for each in trail].count("skipped") == 3


def test_a_flood_of_one_reporter_is_one_case_and_one_voice(trusted, person, desk, report):
    ann, bea = trusted(), person()
    post = ann.write().json
    first = report(bea, post["id"])
    again = report(bea, post["id"], note="And again!")
    assert first.json["id"] == again.json["id"]
    for reason in ("spam", "threat", "other"):
        report(bea, post["id"], reason=reason)
    assert desk().counts()["general"]["open"] == 1
    others = [ann.write(title=f"Day {n}", body=f"Soup number {n}.").json["id"] for n in range(4)]
    flood = [report(bea, each, reason=r) for each in others for r in ("spam", "threat", "insult")]
    flood += [report(bea, each, reason="other") for each in others]
    assert [each.status_code for each in flood] == [201] * 16
    assert report(bea, trusted().write(body="Tea.").json["id"]).json["code"] == "too-many-reports"
    assert report(ann, post["id"]).json["code"] == "own-report"
    assert report(bea, post["id"], target_type="comment").status_code == 404


def test_what_was_kept_is_not_asked_again(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    post = ann.write().json
    report(person(), post["id"])
    mod.decide(mod.take(), "approve")
    bea = person()
    assert report(bea, post["id"], reason="spam").json["outcome"] == "kept"
    assert mod.next().status_code == 204
    report(bea, post["id"], reason="threat")
    assert mod.take()["causes"] == ["threat"]


def test_the_same_words_under_other_names_are_decided_alike(person, desk, minutes_pass):
    mod = desk()
    sold = [person().write(body="We stop every debt for a small fee!").json for _ in range(3)]
    case = mod.take()
    done = mod.decide(
        case,
        "suspend",
        clause="debt_sellers",
        reason="Offers to settle debts for a fee.",
        days=30,
        fold_same_text=True,
    )
    assert done.json["folded"] == 2
    assert mod.next().status_code == 204
    assert minutes_pass() == len(sold)


def test_anothers_decision_is_undone_by_a_lead_alone(trusted, person, desk, report):
    mod = desk()
    report(person(), trusted().write().json["id"])
    decision = mod.remove(mod.take())
    assert desk().on_decision(decision, "undo", reason="I see it otherwise.").status_code == 403
    lead = desk("lead_moderator")
    assert lead.on_decision(decision, "undo", reason="I see it otherwise.").status_code == 200


def test_an_answer_that_helped_is_confirmed_by_a_moderator(trusted, desk, session):
    ann, bea, mod = trusted(), trusted(), desk()
    post = ann.write(kind="question").json
    comment = bea.answer(post["id"]).json
    accepted = ann.api.put(f"{POSTS}/{post['id']}/answer", json={"comment_id": comment["id"]})
    assert accepted.status_code in (200, 204), accepted.text
    case = mod.take()
    assert case["causes"] == ["helpful"]
    decision = mod.decide(case, "confirm_helpful").json["decision"]
    assert [row.borrower_id for row in told(session, "HelpfulAnswerConfirmed")] == [bea.id]
    assert mod.on_decision(decision, "undo", reason="It did not help.").status_code == 409
