"""Second persons, second looks, people in need, and what never stands on a moderator's page."""

import re
from datetime import timedelta

import pytest

from tests.clock import NOW
from tests.community.test_second_looks import count_at
from tests.console.moderation.at_pages import DESK, SELLER, report, words_of
from tests.factories.loans import make_loan
from tests.fixtures.api import new_key

DESPAIR = {"body": "I want to end my life. There is no way out of this any more."}
BANNED = re.compile(
    r"\btiers?\b|\bbalance\b|days past due|\bDPD\b|overdue by|high_risk|逾期|余额|等级|分层", re.I
)


def test_what_lasts_long_needs_a_second_person_on_another_page(trusted, person, at_pages):
    ann, mod, other, lead = trusted(), at_pages(), at_pages(), at_pages("lead_moderator")
    report(person(), ann.write().json["id"])
    mod.take()
    mod.decide("suspend", clause="respect", days="for_good")
    waiting = f"{DESK}/decisions/waiting"
    mod.go(mod.client.get(waiting))
    assert "Yours: somebody else decides on it." in mod.said()
    assert "(for good)" in mod.said()
    path = re.search(rf'action="({DESK}/decisions/[^"]+/confirm)"', other.client.get(waiting).text)
    own = mod.client.post(path[1])
    assert (own.status_code, "alert" in own.text) == (403, True)
    assert "/undo" in lead.client.get(waiting).text
    other.go(other.client.post(path[1]))
    assert "Confirmed: it counts in ten minutes." in other.said()
    assert lead.client.post(path[1]).status_code == 409
    assert count_at(NOW + timedelta(minutes=10))["decisions"] == 1


def test_an_appeal_is_answered_by_somebody_else(trusted, person, at_pages):
    ann, mod, other = trusted(), at_pages(), at_pages()
    post = ann.write().json["id"]
    report(person(), post)
    mod.take()
    mod.decide("remove", clause="respect")
    count_at(NOW + timedelta(minutes=10))
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    body = {"decision_id": statement["decision_id"], "text": "It was meant kindly."}
    ann.api.post("/v1/me/community/appeals", json=body, headers=new_key())
    mod.take("appeals")
    assert "Nothing waits here for you." in mod.said()
    other.take("appeals")
    assert "It was meant kindly." in other.said()
    assert "No insults, no shaming." in other.said()
    assert 'name="clause"' not in other.page
    other.decide("overturn")
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    assert statement["appeal"]["outcome"] == "overturned"
    assert statement["appeal"]["reason"].startswith("Somebody else read your text again.")
    assert post in person().feed()


def test_five_people_in_need_are_enough_for_one_shift(person, at_pages):
    for number in range(6):
        person().write(title=f"Night {number}", **DESPAIR)
    mod, other = at_pages(), at_pages()
    for _ in range(5):
        mod.take("crisis")
        assert 'value="help_given"' in mod.page
        assert 'value="remove"' not in mod.page
        left = mod.send("move", move="skip", why="heavy")
    assert left.status_code == 200
    enough = mod.take("crisis")
    assert enough.status_code == 409
    assert "Others take over." in mod.said()
    assert "5 of 5" in mod.said()
    other.take("crisis")
    other.decide("help_given", hold_days="14")
    assert "Decided: Help was given." in other.said()


def test_what_is_said_of_the_lender_goes_only_where_it_endangers_somebody(
    trusted,
    person,
    at_pages,
):
    ann, mod = trusted(), at_pages()
    words = "The collectors of this lender are rude and harass me at work."
    report(person(), ann.write(body=words).json["id"])
    mod.take("complaints-about-lender")
    assert "harass me at work" in mod.page
    assert mod.page.count('name="clause"') == 3
    assert 'value="mute"' not in mod.page
    assert mod.decide("remove", clause="respect").status_code == 422
    assert "goes only where it endangers somebody" in mod.said()
    mod.decide("approve")


def test_whose_words_they_are_is_told_to_a_lead_once_and_looked_at(person, at_pages):
    ann = person()
    ann.write(**DESPAIR)
    mod, lead, second = at_pages(), at_pages("lead_moderator"), at_pages("lead_moderator")
    mod.take("crisis")
    assert "/unmask" not in mod.page
    assert mod.client.get(f"{DESK}/unmaskings").status_code == 403
    mod.send("move", move="release")
    lead.take("crisis")
    assert lead.send("unmask", reason="Why not").status_code == 422
    lead.go(lead.client.get(lead.place))
    told = lead.send("unmask", reason="She names a bridge and an hour; somebody must go there.")
    assert str(ann.id) in told.text
    listed = f"{DESK}/unmaskings"
    assert "Yours: another lead looks at it." in lead.client.get(listed).text
    page = second.client.get(listed).text
    assert "She names a bridge" in page
    path = re.search(r'action="([^"]+/look)"', page)[1]
    assert lead.client.post(path, {"answer": "right"}).status_code == 403
    second.go(second.client.post(path, {"answer": "right"}))
    assert "Nothing waits for a second look." in second.said()
    assert second.client.post(path, {"answer": "right"}).status_code == 409


def test_a_lead_moves_a_rule_along_its_life(person, at_pages):
    rules = f"{DESK}/rules"
    mod, lead = at_pages(), at_pages("lead_moderator")
    assert mod.client.get(rules).status_code == 403
    person().write(**SELLER)
    lead.go(lead.client.get(rules))
    assert "Sellers of help with debts" in lead.said()
    assert "too few decisions yet" in lead.said()
    lead.go(lead.client.get(f"{rules}/spam.repetition"))
    assert '<option value="flag" selected>' in lead.page
    path = f"{rules}/spam.repetition/mode"
    unproven = lead.client.post(path, {"mode": "hold", "reason": "It is right."})
    assert (unproven.status_code, "not been right often enough" in unproven.text) == (409, True)
    assert lead.client.post(path, {"mode": "hold"}).status_code == 422
    given = {"mode": "hold", "reason": "A wave of it today.", "without_proof": "true"}
    lead.go(lead.client.post(path, given))
    assert "The rule is in the mode “Hold” now." in lead.said()
    assert "A wave of it today." in lead.said()
    assert "This rule stays in its mode." in lead.client.get(f"{rules}/crisis.self_harm").text
    assert lead.client.get(f"{rules}/no.such").status_code == 404
    assert lead.client.post(f"{rules}/no.such/mode", given).status_code == 404


@pytest.mark.parametrize("role", ["marketer", "account_manager", "admin"])
def test_the_desk_is_for_moderators_alone(console_client, role):
    assert console_client(role).get(DESK).status_code == 403
    assert f'href="{DESK}"' not in console_client(role).get("/console").text


def test_no_page_of_a_moderator_says_anything_of_a_loan(session, person, trusted, at_pages):
    """She owes, is late, and stands in the lowest tier; her colleagues on the desk never see it."""
    ann, bea = trusted(external_id="late-one", monthly_income_minor=777_123), person()
    make_loan(session, borrower="late-one", principal_minor=98_765_400)
    post = ann.write(title="Which words help?").json["id"]
    said = ann.answer(post, "These did.").json["id"]
    report(bea, post)
    report(bea, said, target_type="comment")
    bea.write(**DESPAIR)
    lead, mod = at_pages("lead_moderator"), at_pages()
    pages = [mod.take(), mod.send("preview", clause="spam"), lead.take("crisis")]
    mod.decide("suspend", clause="respect", days="90")
    pages.append(mod.go(mod.client.get(mod.place)))
    for path in ("", "/decisions", "/decisions/waiting", "/rules", "/rules/pii.phone",
                 "/unmaskings", f"/cases/{lead.case_id}/trail"):  # fmt: skip
        pages.append(lead.client.get(f"{DESK}{path}"))
    assert [each.status_code for each in pages] == [200] * len(pages)
    for page in pages:
        words = words_of(page.text)
        assert BANNED.findall(words) == []
        assert not any(figure in words.replace(",", "") for figure in ("777123", "7771", "987654"))


def test_the_first_page_says_what_waits(trusted, person, at_pages):
    mod, other = at_pages(), at_pages()
    report(person(), trusted().write().json["id"])
    mod.take()
    mod.decide("suspend", clause="respect", days="90")
    person().write()
    own, anothers = (each.client.get("/console").text for each in (mod, other))
    for page in (own, anothers):
        assert f'1</span><a href="{DESK}">' in page
    place = f'1</span><a href="{DESK}/decisions/waiting">'
    assert (place in own, place in anothers) == (False, True)
