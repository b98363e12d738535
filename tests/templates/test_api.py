"""Templates over HTTP: written by one person, tried, published by another, never edited."""

import pytest

from notifications.templates import queries, service
from notifications.templates.shipped import SHIPPED
from tests.fixtures.api import new_key

PATH = "/v1/message-templates"
CODE = "reminder.due_in_3"
OWN = "reminder.after_harvest"


def words(**texts):
    """The shipped words, some of them replaced in English."""
    kept = SHIPPED[CODE].words.as_json()
    return kept | {name: {**kept[name], "en": text} for name, text in texts.items()}


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


def write(api, code=CODE, *, revision=0, **texts):
    return api.put(
        f"{PATH}/{code}", json={"words": words(**texts)}, headers={"If-Match": f'"{revision}"'}
    )


def publish(api, code=CODE, version=2):
    return api.post(f"{PATH}/{code}/versions/{version}/publish", headers=new_key())


def test_a_version_counts_once_another_person_published_it(session, marketer, approver):
    written = write(marketer, title="Three days to go")
    assert written.status_code == 200, written.text
    assert (written.json["live_version"], written.json["newest_version"]) == (1, 2)
    assert queries.current_versions(session)[CODE] == 1
    published = publish(approver)
    assert published.status_code == 200, published.text
    assert queries.current_versions(session)[CODE] == 2
    said = service.render(
        session, template=CODE, version=2, variables=SHIPPED[CODE].samples, locale="en"
    )
    assert said.title == "Three days to go"
    # What lies in an inbox keeps the words it came with.
    old = service.render(
        session, template=CODE, version=1, variables=SHIPPED[CODE].samples, locale="en"
    )
    assert old.title == "Coming up in three days"
    assert marketer.get(f"{PATH}/{CODE}/versions/1").json["author_id"] is None
    assert marketer.get(f"{PATH}/{CODE}/versions/2").json["published_at"] is not None


def test_a_published_version_is_published_once_and_an_old_draft_never(marketer, approver):
    write(marketer, title="One")
    write(marketer, revision=1, title="Two")
    assert publish(approver, version=2).json["code"] == "message-template-superseded"
    assert publish(approver, version=3).status_code == 200
    assert publish(approver, version=3).json["code"] == "message-template-not-draft"


def test_nobody_publishes_her_own_words(staff_api):
    both = staff_api("marketer", "campaign_approver")
    assert write(both, title="Mine").status_code == 200
    assert publish(both).json["code"] == "second-person-needed"


def test_two_who_edit_at_once_do_not_overwrite_each_other(marketer):
    assert write(marketer, title="One").status_code == 200
    assert write(marketer, title="Two").status_code == 412


def test_staff_make_a_template_of_their_own(session, marketer, approver):
    body = {"code": OWN, "like": CODE, "words": words(title="After the harvest")}
    made = marketer.post(PATH, json=body)
    assert made.status_code == 201, made.text
    assert (made.json["live_version"], made.json["purpose"]) == (None, "reminder")
    assert OWN not in queries.current_versions(session)
    assert marketer.post(PATH, json=body).json["code"] == "message-template-code-taken"
    assert publish(approver, OWN, 1).status_code == 200
    assert queries.current_versions(session)[OWN] == 1
    taken = marketer.post(PATH, json=body | {"code": "notice.x", "like": "reminder.never_was"})
    assert [each["pointer"] for each in taken.json["errors"]] == ["#/like"]


@pytest.mark.parametrize(("texts", "pointer"), [
    ({"body": "Pay, {manager.__class__}"}, "#/words/body/en"),
    ({"body": "Your card {card_number}"}, "#/words/body/en"),
    ({"sms": "You owe {amount}"}, "#/words/sms/en"),
    ({"sms": "Your loan is waiting"}, "#/words/sms/en"),
    ({"email_subject": "86.50 are open"}, "#/words/email_subject/en"),
    ({"email_body": "Your tier has changed"}, "#/words/email_body/en"),
    ({"sms": "\U0001f642" * 90}, "#/words/sms/en"),
    ({"title": "x" * 61}, "#/words/title/en"),
])  # fmt: skip
def test_words_that_break_a_rule_are_refused_with_their_place(marketer, texts, pointer):
    answer = write(marketer, **texts)
    assert answer.status_code == 422
    assert pointer in {each["pointer"] for each in answer.json["errors"]}


@pytest.mark.parametrize("body", [
    "Pay or we will sue you.", "Pay or we will su[[{manager}]]e you.",
    "You are a dead[[ {manager} ]]beat.",
])  # fmt: skip
def test_unkind_words_are_refused_with_a_better_phrase(marketer, body):
    answer = write(marketer, body=body)
    assert answer.status_code == 422
    (found,) = [each for each in answer.json["errors"] if "better" in each]
    assert found["category"] in ("threat", "shame")
    assert found["better"]
    assert 0 <= found["start"] < found["end"] <= len(body)


def test_a_preview_shows_each_channel_in_both_languages_and_stores_nothing(session, marketer):
    answer = marketer.post(f"{PATH}/preview", json={"like": CODE, "words": words()})
    assert answer.status_code == 200, answer.text
    assert "CN¥860.50" in answer.json["en"]["body"]
    assert "¥860.50" in answer.json["zh-CN"]["body"]
    assert "2026年11月30日" in answer.json["zh-CN"]["body"]
    assert answer.json["en"]["action"] == "I need help"
    assert answer.json["en"]["action_code"] == "need_help"
    assert answer.json["en"]["sms_segments"] == 1
    assert answer.json["zh-CN"]["push_body"] == "有一条温馨提示，请在应用内查看。"
    assert queries.get_template(session, code=CODE).revision == 0


def test_what_is_shipped_is_listed_in_pages(marketer):
    codes, cursor = [], None
    while True:
        query = {"limit": 10} | ({"cursor": cursor} if cursor else {})
        answer = marketer.get(PATH, query_string=query)
        codes += [each["code"] for each in answer.json["items"]]
        cursor = answer.json["next_cursor"]
        if cursor is None:
            break
    assert codes == sorted(SHIPPED)
    assert marketer.get(f"{PATH}/reminder.never_was").json["code"] == "message-template-unknown"
    assert marketer.get(f"{PATH}/{CODE}").headers["ETag"] == '"0"'
