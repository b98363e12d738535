"""From one installation into another: the same comes out, and nobody published anything alone."""

import pytest
from sqlalchemy import func, select

from backend.app import config_sources
from backend.configuration.rules import State
from backend.kit.problems import Invalid
from backend.staff.errors import SecondPersonNeeded
from backend.staff.models import StaffAction
from rewards.badges.models import BadgeVersion
from rewards.campaigns import service as campaigns
from rewards.campaigns.models import Campaign
from rewards.catalogue.models import CatalogueItem
from tests.clock import NOW
from tests.configuration.moving import (
    TEMPLATE,
    bring_in,
    contents,
    look,
    publish_all,
    take_out,
    text_of,
)
from tests.factories.badges import make_document
from tests.factories.campaigns import document

PARTS = [source.name for source in config_sources()]


@pytest.fixture
def people(staff_api):
    """Who imports, and who publishes."""
    return staff_api("admin").id, staff_api("risk_officer").id


def states(report):
    return {f"{each.part}/{each.key}": each.state for each in report.things}


def test_what_comes_out_goes_into_an_empty_installation_and_comes_out_equal(session, people):
    author, publisher = people
    with session.begin_nested() as first_installation:
        bring_in(session, text_of(contents()), author)
        publish_all(session, publisher)
        exported = take_out(session)
        first_installation.rollback()
    session.expire_all()
    empty = take_out(session)
    assert empty != exported
    report = bring_in(session, exported, author)
    assert report.problems == []
    assert take_out(session, with_drafts=True) == exported
    assert take_out(session) == empty, "an import alone changed what is in force"
    publish_all(session, publisher)
    assert take_out(session) == exported
    assert set(states(look(session, exported, author)).values()) == {State.SAME}


def test_every_part_is_new_or_changed_then_waits_then_is_the_same(session, people):
    author, publisher = people
    text = text_of(contents())
    first = states(look(session, text, author))
    assert first == {
        "tier_policy/policy": State.CHANGED,
        "plan_policy/policy": State.CHANGED,
        "benefit_packs/next_steps": State.NEW,
        "earn_rules/rules": State.CHANGED,
        "badges/two_in_a_row": State.NEW,
        "catalogue/a_book": State.NEW,
        "campaigns/Three in a row": State.NEW,
        f"message_templates/{TEMPLATE}": State.NEW,
        "reminder_plan/plan": State.CHANGED,
    }
    assert states(bring_in(session, text, author)) == first
    again = look(session, text, author)
    assert set(states(again).values()) == {State.WAITING}
    publish_all(session, publisher)
    assert set(states(look(session, text, author)).values()) == {State.SAME}


def test_a_dry_run_leaves_nothing(session, people):
    before = take_out(session, with_drafts=True)
    look(session, text_of(contents()), people[0])
    assert take_out(session, with_drafts=True) == before
    rows = session.execute(select(func.count()).select_from(StaffAction)).scalar_one()
    bring_in(session, text_of(contents()), people[0])
    actions = session.execute(select(StaffAction.action, StaffAction.reason)).all()
    assert len(actions) == rows + 1
    assert ("configuration.import", "moved") in actions


def test_whoever_imports_may_not_publish(session, people):
    bring_in(session, text_of(contents()), people[0])
    with pytest.raises(SecondPersonNeeded):
        publish_all(session, people[0])


def test_a_change_is_shown_with_its_place(session, people):
    author, publisher = people
    bring_in(session, text_of(contents()), author)
    publish_all(session, publisher)
    given = {"badges": {"two_in_a_row": make_document(picture="sun")}}
    report = look(session, text_of(given), author)
    (thing,) = report.things
    assert (thing.state, [each.pointer for each in thing.changes]) == (
        State.CHANGED,
        ["/picture"],
    )
    assert (thing.changes[0].before, thing.changes[0].after) == ("house", "sun")
    assert ("tier_policy", "policy") in report.only_here
    assert ("badges", "three_in_a_row") in report.only_here
    assert ("badges", "two_in_a_row") not in report.only_here


def test_every_problem_is_named_and_then_nothing_is_written(session, people):
    given = contents()
    given["tier_policy"]["policy"]["tiers"][0]["when"] = {"fact": "horoscope", "op": "known"}
    given["earn_rules"]["rules"]["rules"].append({"kind": "opted_in", "points": 1})
    given["benefit_packs"]["next_steps"]["items"][0]["kind"] = "cash"
    given["badges"]["two_in_a_row"]["counters"][0]["fact"] = "horoscope"
    given["badges"]["Bad Code"] = make_document()
    given["catalogue"]["a_book"]["about"]["en"] = "As good as cash."
    words = given["message_templates"][TEMPLATE]["words"]
    words["body"] = words["body"] | {"en": "Pay or we will tell your boss."}
    given["reminder_plan"]["plan"]["stages"][0]["templates"]["gentle"] = "reminder.nowhere"
    given["campaigns"]["Three in a row"]["trigger"]["event"] = "full_moon"
    given["fortunes"] = {"a": 1}
    text = text_of(given)
    before = take_out(session, with_drafts=True)
    found = {each.pointer for each in look(session, text, people[0]).problems}
    assert found >= {
        "#/contents/fortunes",
        "#/contents/tier_policy/policy/tiers/0/when/fact",
        "#/contents/earn_rules/rules/rules/1/kind",
        "#/contents/benefit_packs/next_steps/items/0/kind",
        "#/contents/badges/two_in_a_row/counters/0/fact",
        "#/contents/badges/Bad Code/code",
        "#/contents/campaigns/Three in a row/trigger/event",
        "#/contents/catalogue/a_book/about",
        f"#/contents/message_templates/{TEMPLATE}/words/body/en",
        "#/contents/reminder_plan/plan/stages/0/templates/gentle",
    }
    with pytest.raises(Invalid) as refused, session.begin_nested():
        bring_in(session, text, people[0])
    assert {each.pointer for each in refused.value.errors} == found
    assert take_out(session, with_drafts=True) == before


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("raw", [None, 7, "text", [], {}, {"x": {}}], ids=repr)
def test_a_thing_of_another_shape_is_a_problem_of_its_own(session, people, part, raw):
    report = look(session, text_of({part: {"some_thing": raw}}), people[0])
    assert [each.state for each in report.things] == [State.REFUSED]
    assert report.problems[0].pointer.startswith(f"#/contents/{part}/some_thing")


def test_what_borrowers_see_in_the_catalogue_is_left_to_a_person(session, people):
    author, publisher = people
    given = {"catalogue": contents()["catalogue"]}
    bring_in(session, text_of(given), author)
    publish_all(session, publisher)
    given["catalogue"]["a_book"]["price_points"] = 1
    report = bring_in(session, text_of(given), author)
    assert report.things[0].state is State.BY_HAND
    assert report.things[0].why is not None
    price = select(CatalogueItem.price_points).where(CatalogueItem.code == "a_book")
    assert session.execute(price).scalar_one() == 300


def test_a_draft_in_the_catalogue_is_edited_and_its_stock_stays_here(session, people):
    author, _ = people
    item = contents()["catalogue"]["a_book"] | {
        "kind": "physical_gift",
        "terms": {"goods": "A mug"},
        "is_limited": True,
    }
    bring_in(session, text_of({"catalogue": {"a_mug": item}}), author)
    bring_in(session, text_of({"catalogue": {"a_mug": item | {"price_points": 5}}}), author)
    row = session.execute(
        select(CatalogueItem.__table__).where(CatalogueItem.code == "a_mug")
    ).one()
    assert (row.price_points, row.stock_total, row.state) == (5, 0, "draft")


def test_the_author_of_a_draft_is_who_imports_it(session, people):
    bring_in(session, text_of({"badges": contents()["badges"]}), people[0])
    row = session.execute(
        select(BadgeVersion.__table__).where(BadgeVersion.code == "two_in_a_row")
    ).one()
    assert (row.author_id, row.note, row.published_at) == (people[0], "moved", None)


def test_a_campaign_that_somebody_writes_here_is_left_to_her(session, people):
    given = {"campaigns": contents()["campaigns"]}
    bring_in(session, text_of(given), people[0])
    given["campaigns"]["Three in a row"]["holdout"] = "0.20"
    report = bring_in(session, text_of(given), people[0])
    assert (report.things[0].state, report.things[0].changes[0].pointer) == (
        State.BY_HAND,
        "/holdout",
    )


def test_a_campaign_that_runs_keeps_its_key_while_its_next_version_has_another_name(
    session, people
):
    given = {"campaigns": contents()["campaigns"]}
    bring_in(session, text_of(given), people[0])
    publish_all(session, people[1])
    renamed = document(texts=document()["texts"] | {"name": {"en": "Autumn", "zh-CN": "秋"}})
    campaign_id = session.execute(select(Campaign.id)).scalar_one()
    campaigns.write_version(
        session, campaign_id=campaign_id, document=renamed, author_id=people[0], now=NOW
    )
    given["campaigns"]["Three in a row"]["holdout"] = "0.20"
    report = bring_in(session, text_of(given), people[0])
    assert [each.state for each in report.things] == [State.BY_HAND]
    assert session.execute(select(func.count()).select_from(Campaign)).scalar_one() == 1


@pytest.mark.parametrize(
    ("key", "state"), [("Three in a row!", State.REFUSED), ("Three in a row (2)", State.NEW)]
)
def test_the_key_of_a_campaign_is_its_name_perhaps_with_a_place(session, people, key, state):
    report = look(session, text_of({"campaigns": {key: document()}}), people[0])
    assert [each.state for each in report.things] == [state]
