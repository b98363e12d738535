"""Marketers' pages: what is shown, written, refused with its place, and published by another."""

import re

import pytest
from sqlalchemy import select

from notifications.reminders.models import ReminderPlan
from notifications.templates.models import MessageTemplateVersion
from notifications.templates.shipped import SHIPPED
from rewards.badges.models import Badge, BadgeVersion
from rewards.catalogue.models import CatalogueItem, Redemption
from tests.benefits.packs import version as pack_version
from tests.factories.campaigns import begin, launched
from tests.factories.catalogue import make_item
from tests.factories.loans import make_borrower
from tests.factories.points import give_points
from tests.factories.programme import enrol
from tests.fixtures.api import new_key

TEMPLATE = "reminder.due_in_3"
ONCE = re.compile(r'name="idempotency_key" value="([^"]+)"')


@pytest.fixture
def marketer(console_client):
    return console_client("marketer")


@pytest.fixture
def approver(console_client):
    return console_client("campaign_approver")


def key_of(page):
    """The key of the page's first form that acts once."""
    assert page.status_code == 200, page.text
    return {"idempotency_key": ONCE.search(page.text)[1]}


def words(**english):
    """The form of a template, some of its English replaced."""
    kept = SHIPPED[TEMPLATE].words.as_json()
    return {
        f"words.{name}.{key}": english.get(name, text) if key == "en" else text
        for name, texts in kept.items()
        for key, text in texts.items()
    } | {"revision": "0", "note": "Softer."}


PAGES = [
    "/console/badges",
    "/console/badges/first_step",
    "/console/catalogue",
    "/console/catalogue/redemptions",
    "/console/benefit-packs",
    "/console/earn-rules",
    "/console/message-templates",
    f"/console/message-templates/{TEMPLATE}",
    "/console/reminder-plan",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_opens_in_both_languages(marketer, path, language):
    page = marketer.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200, page.text
    assert f'<html lang="{language}"' in page.text
    assert "style=" not in page.text
    assert "&lt;time" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_moderator_has_no_business_here(console_client, path):
    assert console_client("moderator").get(path).status_code == 403


def test_words_are_kept_shown_on_a_phone_and_published_by_another(session, marketer, approver):
    here = f"/console/message-templates/{TEMPLATE}"
    page = marketer.get(here)
    assert page.text.count('class="phone"') == 2
    form = words(title="Three days to go") | key_of(page)
    told = marketer.follow(marketer.post(here, form))
    assert "It waits for another person." in told.text
    assert "Three days to go" in told.text
    # The same form once more writes nothing.
    marketer.post(here, form)
    rows = session.execute(select(MessageTemplateVersion.version)).scalars().all()
    assert rows == [2]
    assert marketer.post(f"{here}/versions/2/publish", {}).status_code == 403
    publish = key_of(approver.get(here))
    assert (
        "Published." in approver.follow(approver.post(f"{here}/versions/2/publish", publish)).text
    )


def test_unkind_words_are_told_at_their_field_and_nothing_is_kept(session, marketer):
    here = f"/console/message-templates/{TEMPLATE}"
    bad = words(body="Pay or we will tell your boss.")
    answer = marketer.post(here, bad | key_of(marketer.get(here)))
    assert answer.status_code == 422
    assert 'href="#f-words-body-en"' in answer.text
    assert "Pay or we will tell your boss." in answer.text
    assert session.execute(select(MessageTemplateVersion.version)).first() is None


def test_words_are_checked_while_somebody_types(marketer):
    here = f"/console/message-templates/{TEMPLATE}/preview"
    headers = {"Accept": "application/json"}
    fine = marketer.post(here, words(title="A <b>bold</b> day"), headers=headers)
    assert "A &lt;b&gt;bold&lt;/b&gt; day" in fine.json["html"]
    bad = marketer.post(here, words(body="Pay or we will tell your boss."), headers=headers)
    assert 'href="#f-words-body-en"' in bad.json["html"]
    whole = marketer.post(here, words(title="Without script"))
    assert (whole.status_code, "<html" in whole.text) == (200, True)
    assert "Without script" in whole.text


def plan_form(**changed):
    form = {
        "code-0": "harvest", "days-0": "2", "keep-days-0": "0",
        "standard-0": "reminder.late_7", "gentle-0": "reminder.late_7_gentle",
        "gentle-tiers": "high_risk", "send-from": "09:05", "send-until": "11:55", "holdout": "5",
        "note": "Fewer.",
    }  # fmt: skip
    return form | changed


def test_a_plan_of_reminders_is_written_and_published_by_another(session, marketer, approver):
    here = "/console/reminder-plan"
    told = marketer.follow(marketer.post(here, plan_form() | key_of(marketer.get(here))))
    assert "It waits for another person." in told.text
    page = approver.get(here)
    assert "Published." in approver.follow(approver.post(f"{here}/2/publish", key_of(page))).text
    row = session.execute(select(ReminderPlan.__table__).where(ReminderPlan.version == 2)).one()
    assert (row.author_id, row.publisher_id) == (marketer.id, approver.id)
    assert [each["code"] for each in row.document["stages"]] == ["harvest"]


def test_a_plan_that_would_write_at_night_is_refused(marketer):
    here = "/console/reminder-plan"
    late = plan_form(**{"send-until": "23:00"}) | key_of(marketer.get(here))
    answer = marketer.post(here, late)
    assert answer.status_code == 422
    assert "Nothing is sent after 20:30." in answer.text
    assert 'value="23:00"' in answer.text


def badge_form(**changed):
    form = {
        "picture": "house", "repeats": "never", "note": "New.",
        "fact-0": "on_time_streak", "goal-0": "2", "predicate": "",
    }  # fmt: skip
    for name in ("name", "description", "how_to_earn"):
        form |= {f"{name}.en": "Two in a row", f"{name}.zh-CN": "两次守约"}
    return form | changed


def test_a_badge_is_written_counted_and_published_by_another(session, marketer, approver):
    here = "/console/badges"
    form = badge_form(code="two_in_a_row") | key_of(marketer.get(here))
    page = marketer.follow(marketer.post(here, form))
    assert "data:image/svg+xml;base64," in page.text
    counted = marketer.post(f"{here}/two_in_a_row/count", badge_form())
    assert "would have it now" in counted.text
    publish = key_of(approver.get(f"{here}/two_in_a_row"))
    done = approver.post(f"{here}/two_in_a_row/versions/1/publish", publish)
    assert "Published." in approver.follow(done).text
    row = session.execute(select(Badge.__table__).where(Badge.code == "two_in_a_row")).one()
    assert row.live_version == 1
    old = badge_form(picture="sun", revision="1") | key_of(marketer.get(f"{here}/two_in_a_row"))
    stale = marketer.post(f"{here}/two_in_a_row", old)
    assert stale.status_code == 412
    fresh = old | {"revision": str(row.revision), "idempotency_key": "fresh"}
    assert marketer.post(f"{here}/two_in_a_row", fresh).status_code == 303
    versions = select(BadgeVersion.version).where(BadgeVersion.code == "two_in_a_row")
    assert sorted(session.execute(versions).scalars()) == [1, 2]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name.en": "Never late again"}, "f-name-en"),
        ({"predicate": "{"}, "f-predicate"),
        ({"fact-0": "horoscope"}, "f-counters-0-fact"),
    ],
    ids=["arrears", "json", "fact"],
)
def test_a_faulty_badge_is_told_where_it_is(marketer, change, pointer):
    form = badge_form(code="two_in_a_row", **change) | key_of(marketer.get("/console/badges"))
    answer = marketer.post("/console/badges", form)
    assert answer.status_code == 422
    assert f'href="#{pointer}"' in answer.text


def item_form(**changed):
    return {
        "code": "a_mug", "kind": "physical_gift", "terms.goods": "A mug", "price_points": "300",
        "names.en": "A mug", "names.zh-CN": "马克杯",
        "about.en": "For tea", "about.zh-CN": "喝茶用", "stock": "10", "state": "draft",
    } | changed  # fmt: skip


def test_an_article_is_added_changed_and_never_cash(session, marketer):
    here = "/console/catalogue"
    made = marketer.post(here, item_form() | key_of(marketer.get(here)))
    assert "A mug" in marketer.follow(made).text
    row = session.execute(select(CatalogueItem.__table__)).one()
    assert (row.stock_left, row.state, row.created_by) == (10, "draft", marketer.id)
    page = marketer.get(f"{here}/{row.id}")
    change = item_form(state="live", edits=str(row.edits)) | key_of(page)
    assert marketer.post(f"{here}/{row.id}", change).status_code == 303
    cash = item_form(code="money") | {"about.en": "As good as cash"} | {"idempotency_key": "cash"}
    refused = marketer.post(here, cash)
    assert refused.status_code in (409, 422)
    assert "Speaks of money." in refused.text or "speaks of money" in refused.text


def test_what_was_asked_for_is_fulfilled(session, marketer, borrower_api):
    item = make_item(session, "physical_gift")
    who = make_borrower(session, external_id="her")
    enrol(session, who)
    give_points(session, who, 500)
    body = {"item_id": str(item), "address": "1 Elm Street"}
    asked = borrower_api(who).post("/v1/me/redemptions", json=body, headers=new_key())
    assert asked.status_code == 201, asked.text
    here = "/console/catalogue/redemptions"
    page = marketer.get(here)
    assert "Elm Street" not in page.text
    form = {"state": "confirmed"} | key_of(page)
    done = marketer.post(f"{here}/{who}/{asked.json['id']}", form)
    assert "Done." in marketer.follow(done).text
    state = session.execute(select(Redemption.state)).scalar_one()
    assert state == "confirmed"
    again = marketer.post(f"{here}/{who}/{asked.json['id']}", {**form, "idempotency_key": "again"})
    assert again.status_code == 409


def test_a_pack_gets_its_next_version_and_a_second_person(session, staff_api, marketer, approver):
    author = staff_api("marketer")
    author.post("/v1/benefit-packs", json={"code": "next_steps"})
    author.post("/v1/benefit-packs/next_steps/versions", json=pack_version())
    here = "/console/benefit-packs/next_steps"
    page = marketer.get(here)
    form = {
        "month": "2026-12", "budget": "50", "document.audience": "",
        "document.name.en": "Steps", "document.name.zh-CN": "下一步",
        "document.about.en": "What helps", "document.about.zh-CN": "有用的",
        "document.items.0.text.en": "A place", "document.items.0.text.zh-CN": "名额",
        "document.items.0.days": "20",
    } | key_of(page)  # fmt: skip
    assert "It waits" in marketer.follow(marketer.post(here, form)).text
    publish = key_of(approver.get(here))
    assert (
        "Published." in approver.follow(approver.post(f"{here}/versions/2/publish", publish)).text
    )
    faulty = form | {"document.audience": '{"fact": "horoscope", "op": "known"}'}
    refused = marketer.post(here, faulty | {"idempotency_key": "faulty"})
    assert refused.status_code == 422


def test_rules_of_earning_are_shown_and_published_by_another(staff_api, approver):
    draft = {
        "rules": {"rules": [{"kind": "on_time", "points": 7}]},
        "effective_from": "2027-01-01",
    }
    staff_api("marketer").post("/v1/staff/points/earn-rules", json=draft)
    page = approver.get("/console/earn-rules")
    assert "An instalment paid on time" in page.text
    done = approver.post("/console/earn-rules/2/publish", key_of(page))
    assert "Published." in approver.follow(done).text


def test_results_have_charts_and_the_same_figures_as_tables(session, staff_api, marketer):
    campaign = launched(
        session, staff_api("marketer"), staff_api("campaign_approver"), begin(staff_api("marketer"))
    )
    here = f"/console/campaigns/{campaign['id']}/results"
    page = marketer.get(here)
    assert page.status_code == 200, page.text
    assert "Early look" in page.text
    assert "Too few" in page.text
    assert "&lt;time" not in page.text
    assert "not recorded" in page.text
    assert page.text.count("<svg") == 1
    assert marketer.get(here, query_string={"as_of": "2026-11-01"}).status_code == 200
    assert marketer.get(here, query_string={"as_of": "yesterday"}).status_code == 422
