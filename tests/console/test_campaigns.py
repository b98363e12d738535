"""The campaigns' pages: built in sentences, checked as they are filled in, decided by another."""

import re
from uuid import UUID

import pytest
from markupsafe import escape

from backend.profile.catalogue import FACT_TYPES
from rewards.campaigns import builder, queries
from rewards.campaigns.checks import Context, check
from rewards.campaigns.document import condition_facts, read_terms
from rewards.campaigns.starters import STARTERS
from tests.clock import TODAY
from tests.factories.campaigns import document, replayed
from tests.factories.profile import make_profile

HOME = "/console/campaigns"
FACTS = condition_facts(FACT_TYPES)
INPUT = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


@pytest.fixture
def marketer(console_client):
    return console_client("marketer")


@pytest.fixture
def approver(console_client):
    return console_client("campaign_approver")


def fields_of(told=None, **changed):
    """A document as the builder's form sends it."""
    form = builder.from_document(told or document())
    fields = {name: value for name, value in form.values.items() if value}
    for place, side in form.sides.items():
        fields[f"{place}.mode"] = side.mode
        for group in builder.GROUPS:
            for number, row in enumerate(getattr(side, group)):
                name = f"{place}.{group}.{number}"
                fields |= {
                    f"{name}.fact": row.fact,
                    f"{name}.op": row.op,
                    f"{name}.value": row.value,
                }
    return fields | {"do": "save", "idempotency_key": "k" * 20} | changed


def built(client, **changed):
    """The id of a campaign that was made in the builder."""
    answer = client.post(f"{HOME}/new/three_in_a_row", fields_of(**changed))
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rpartition("/")[2])


def version_of(session, campaign_id):
    row = queries.get_campaign(session, campaign_id=campaign_id)
    return queries.get_version(session, campaign_id=row.id, number=row.newest_version)


def read(session, campaign_id, **more):
    version = version_of(session, campaign_id)
    said = {"version": str(version.number), "document_hash": version.document_hash}
    return said | {"idempotency_key": f"read-{len(more)}-{version.state}-key"} | more


def replay_of(session, campaign_id):
    version = version_of(session, campaign_id)
    newest = {
        "number": version.number,
        "document": version.document,
        "document_hash": version.document_hash,
        "author_id": version.author_id,
    }
    return replayed(session, {"id": campaign_id, "newest": newest})


def counted_at(page, link):
    """The figure beside a link of the first page; None where it says that nothing waits."""
    card = next((c for c in re.findall(r"<li.*?</li>", page, re.DOTALL) if link in c), "")
    found = re.search(r">\s*(\d+)\s*<", card)
    return found[1] if found and found[1] != "0" else None


@pytest.mark.parametrize("starter", STARTERS, ids=lambda each: each.code)
def test_a_template_passes_every_check_and_goes_through_the_form_unchanged(starter):
    told = starter.document(today=TODAY, zone="Asia/Shanghai")
    terms = read_terms(told, campaign_id=UUID(int=1), version=1, facts=FACT_TYPES)
    assert check(terms, Context(badges=frozenset())) == []
    form = builder.from_document(told)
    posted = {name: [value] for name, value in fields_of(told).items()}
    assert builder.to_document(form, facts=FACTS) == told
    assert builder.to_document(builder.from_fields(posted), facts=FACTS) == told


@pytest.mark.parametrize(
    "predicate",
    [
        {"any": [{"fact": "tier", "op": "eq", "value": "stable"}]},
        {
            "all": [
                {"fact": "open_loans", "op": "gte", "value": 1},
                {"any": [{"fact": "plan_active", "op": "eq", "value": True}]},
            ]
        },
        {"all": [{"fact": "paid_ratio_6m", "op": "between", "value": ["0.5", "0.9"]}]},
        {"all": [{"fact": "income_verified", "op": "known"}]},
        {"not": {"fact": "tier", "op": "eq", "value": "stable"}},
        {"all": [{"any": [{"all": []}]}]},
    ],
)
def test_every_condition_goes_through_the_form_unchanged(predicate):
    told = document(audience=predicate)
    form = builder.from_document(told)
    assert builder.to_document(form, facts=FACTS) == told


def test_a_marketer_starts_from_a_template_and_saves_a_draft(session, marketer):
    started = marketer.get(f"{HOME}/new")
    assert started.text.count("/console/campaigns/new/") >= 6
    shown = marketer.get(f"{HOME}/new/three_in_a_row")
    assert shown.status_code == 200
    assert "No check stands in the way." in shown.text
    campaign_id = built(marketer)
    assert version_of(session, campaign_id).document == document()
    page = marketer.get(f"{HOME}/{campaign_id}")
    assert "Payments on time in a row is at least 3" in page.text
    assert "potential, stable" in page.text
    assert str(campaign_id) in marketer.get(HOME).text


def test_the_same_form_makes_one_campaign(session, marketer):
    built(marketer)
    again = marketer.post(f"{HOME}/new/three_in_a_row", fields_of())
    assert (again.status_code, again.headers["Location"]) == (303, HOME)
    assert marketer.get(HOME).text.count('class="state plain"') == 1


def test_a_fault_is_shown_at_its_field_and_nothing_typed_is_lost(marketer):
    answer = marketer.post(
        f"{HOME}/new/three_in_a_row",
        fields_of(
            **{
                "holdout": "many",
                "texts.name.en": "A name of mine",
                "conditions.rows.0.value": "often",
                "effect.points.points": "0",
            }
        ),
    )
    assert answer.status_code == 422
    assert 'value="A name of mine"' in answer.text
    for anchor in ("f-holdout", "f-conditions-all-0-value", "f-effect-points-points"):
        assert f'href="#{anchor}"' in answer.text
        assert f'id="{anchor}"' in answer.text


def test_rows_come_and_go_without_script(marketer):
    more = marketer.post(f"{HOME}/new/three_in_a_row", fields_of(do="add.audience.rows"))
    assert (more.status_code, more.text.count('name="audience.rows.1.fact"')) == (200, 1)
    within = marketer.post(f"{HOME}/new/three_in_a_row", fields_of(do="add.audience.inner"))
    assert within.text.count('name="audience.inner.0.fact"') == 1
    fewer = marketer.post(f"{HOME}/new/three_in_a_row", fields_of(do="remove.audience.rows.0"))
    assert 'name="audience.rows.0.fact"' not in fewer.text


def test_the_live_count_is_of_those_whom_the_sentences_mean(session, marketer):
    for _ in range(3):
        make_profile(session, tier="stable")
    make_profile(session, tier="current")
    live = marketer.post(f"{HOME}/live", fields_of())
    assert live.status_code == 200
    assert 'data-reached="3"' in live.json["html"]
    assert "No check stands in the way." in live.json["html"]
    half = marketer.post(f"{HOME}/live", fields_of(**{"audience.rows.0.value": ""}))
    assert "data-reached" not in half.json["html"]
    blocked = marketer.post(
        f"{HOME}/live",
        fields_of(
            **{
                "audience.rows.0.fact": "open_loans",
                "audience.rows.0.op": "gte",
                "audience.rows.0.value": "2",
            }
        ),
    )
    assert 'href="#f-audience-all-0"' in blocked.json["html"]


def test_an_edit_from_an_old_page_is_refused(session, marketer):
    campaign_id = built(marketer)
    edited = fields_of(holdout="20", revision="1", idempotency_key="a" * 20)
    assert marketer.post(f"{HOME}/{campaign_id}/edit", edited).status_code == 303
    assert version_of(session, campaign_id).document["holdout"] == "0.20"
    late = fields_of(holdout="30", revision="1", idempotency_key="b" * 20)
    assert marketer.post(f"{HOME}/{campaign_id}/edit", late).status_code == 412


def test_it_goes_from_draft_to_end_by_two_people(session, marketer, approver):
    campaign_id = built(marketer)
    here = f"{HOME}/{campaign_id}"
    asked = marketer.post(f"{here}/replay", {"months": "6", "idempotency_key": "r" * 20})
    assert "It waits for its turn." in marketer.follow(asked).text
    sent = marketer.post(f"{here}/submit", read(session, campaign_id))
    assert "Sent for review." in marketer.follow(sent).text
    assert "no finished replay" in approver.get(here).text
    replay_id = replay_of(session, campaign_id)
    page = approver.get(here)
    assert f'value="{replay_id}"' in page.text
    agreed = approver.post(f"{here}/approve", read(session, campaign_id, replay_id=str(replay_id)))
    assert "Approved." in approver.follow(agreed).text
    launched = approver.post(f"{here}/launch", read(session, campaign_id))
    assert "Launched." in approver.follow(launched).text
    for who, act, state in (
        (marketer, "pause", "Paused"),
        (approver, "resume", "Live"),
        (marketer, "end", "Ended"),
    ):
        answer = who.post(f"{here}/{act}", {"idempotency_key": f"{act}-key-of-mine"})
        assert state in who.follow(answer).text


def test_what_waits_for_review_is_told_on_the_first_page_but_not_to_its_author(
    session, console_client, approver
):
    both = console_client("marketer", "campaign_approver")
    campaign_id = built(both)
    both.post(f"{HOME}/{campaign_id}/submit", read(session, campaign_id))
    link = f'href="{HOME}?state=in_review"'
    assert counted_at(approver.get("/console").text, link) == "1"
    assert counted_at(both.get("/console").text, link) is None


def test_the_author_is_told_that_another_decides(session, console_client):
    both = console_client("marketer", "campaign_approver")
    campaign_id = built(both)
    both.post(f"{HOME}/{campaign_id}/submit", read(session, campaign_id))
    page = both.get(f"{HOME}/{campaign_id}")
    assert "You had a hand in this version" in page.text
    replay_id = replay_of(session, campaign_id)
    forced = both.post(
        f"{HOME}/{campaign_id}/approve", read(session, campaign_id, replay_id=str(replay_id))
    )
    assert forced.status_code == 403


def test_a_waiver_is_written_by_the_author_and_confirmed_by_the_approver(
    session, marketer, approver
):
    campaign_id = built(marketer, holdout="1")
    here = f"{HOME}/{campaign_id}"
    assert 'name="waive_p9"' in marketer.get(here).text
    blocked = marketer.post(f"{here}/submit", read(session, campaign_id))
    assert blocked.status_code == 409
    sent = marketer.post(f"{here}/submit", read(session, campaign_id, waive_p9="Few live there."))
    assert sent.status_code == 303
    replay_id = str(replay_of(session, campaign_id))
    page = approver.get(here)
    assert "Few live there." in page.text
    said = read(session, campaign_id, replay_id=replay_id)
    assert approver.post(f"{here}/approve", said).status_code == 422
    confirmed = read(session, campaign_id, replay_id=replay_id, waivers="P9")
    assert approver.post(f"{here}/approve", confirmed).status_code == 303


def test_an_approver_sends_back_with_a_reason_and_the_next_version_shows_it_gone(
    session, marketer, approver
):
    campaign_id = built(marketer)
    here = f"{HOME}/{campaign_id}"
    marketer.post(f"{here}/submit", read(session, campaign_id))
    note = {"version": "1", "note": "Say <it> kindlier.", "idempotency_key": "n" * 20}
    assert approver.post(f"{here}/reject", note).status_code == 303
    assert str(escape("Say <it> kindlier.")) in marketer.get(here).text
    fresh = marketer.post(f"{here}/versions", {"idempotency_key": "v" * 20})
    assert "kindlier" not in marketer.follow(fresh).text


def test_the_next_version_is_shown_beside_the_live_one(session, marketer, approver):
    campaign_id = built(marketer)
    here = f"{HOME}/{campaign_id}"
    marketer.post(f"{here}/submit", read(session, campaign_id))
    replay_id = str(replay_of(session, campaign_id))
    approver.post(f"{here}/approve", read(session, campaign_id, replay_id=replay_id))
    approver.post(f"{here}/launch", read(session, campaign_id))
    marketer.post(f"{here}/versions", {"idempotency_key": "v" * 20})
    revision = queries.get_campaign(session, campaign_id=campaign_id).revision
    edited = fields_of(holdout="25", revision=str(revision), idempotency_key="e" * 20)
    assert marketer.post(f"{here}/edit", edited).status_code == 303
    page = marketer.get(here).text
    assert "<del>10 %</del>" in page
    assert "<ins>25 %</ins>" in page


def test_a_report_is_shown_with_charts_and_their_figures(session, marketer):
    campaign_id = built(marketer)
    replay_id = replay_of(session, campaign_id)
    page = marketer.get(
        f"{HOME}/{campaign_id}/replays/{replay_id}", headers={"Accept-Language": "zh-CN"}
    )
    assert page.status_code == 200
    assert page.text.count("<figure") == 2
    assert "每周花费" in page.text
    assert "12,200" in page.text
    other = built(marketer, idempotency_key="o" * 20)
    assert marketer.get(f"{HOME}/{other}/replays/{replay_id}").status_code == 404


@pytest.mark.parametrize("role", ["auditor", "risk_officer", "campaign_approver"])
def test_who_only_reads_changes_nothing(session, marketer, console_client, role):
    campaign_id = built(marketer)
    reader = console_client(role)
    assert reader.get(HOME).status_code == 200
    assert reader.get(f"{HOME}/{campaign_id}").status_code == 200
    assert reader.get(f"{HOME}/new").status_code == 403
    assert reader.post(f"{HOME}/{campaign_id}/submit", {}).status_code == 403


def test_who_has_no_part_in_it_sees_nothing(console_client):
    assert console_client("moderator").get(HOME).status_code == 403
