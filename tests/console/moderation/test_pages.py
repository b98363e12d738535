"""Moderators at their pages: one case at a time, kindly told, and back again."""

from datetime import timedelta

import pytest

from backend.kit import clock
from tests.clock import NOW
from tests.community.conftest import POSTS
from tests.community.test_second_looks import count_at
from tests.console.moderation.at_pages import DESK, SELLER, report


def standings(who):
    found = who.api.get("/v1/me/community").json["statements"]
    return [(each["action"], each["reason"]) for each in found]


def test_the_desk_shows_what_waits_and_for_how_long(person, at_pages):
    person().write()
    mod = at_pages()
    with clock.fixed(NOW + timedelta(hours=3, minutes=20)):
        mod.go(mod.client.get(DESK))
    assert "Held and reported" in mod.said()
    assert "(3 h 20 min)" in mod.said()
    assert 'data-key="2"' in mod.page
    assert "待审与举报" in mod.client.get(DESK, headers={"Accept-Language": "zh"}).text


def test_a_case_is_shown_whole(trusted, person, at_pages):
    ann, mod = trusted(), at_pages()
    post = ann.write(title="Who knows a way out?").json
    ann.answer(post["id"], "I had the same once.")
    hurt = trusted().answer(post["id"], "Nobody like you belongs here.")
    target = {"target_type": "comment"}
    report(person(), hurt.json["id"], note="It is rude.", **target)
    mod.take()
    said = mod.said()
    for words in (
        "Who knows a way out?",
        "I had the same once.",
        "Nobody like you belongs here.",
        "It is rude.",
        "Insult: 1",
    ):
        assert words in said
    assert set(mod.held()) == {"claim_token", "version", "content_hash"}
    for key in ("a", "w", "r", "m", "s", "k", "e", "l", "t", "1", "8", "?"):
        assert f'data-key="{key}"' in mod.page
    assert 'data-seconds="600"' in mod.page


def test_what_rules_found_is_marked_by_label_and_line(person, at_pages):
    person().write(**SELLER)
    mod = at_pages()
    mod.take()
    assert '<mark class="found' in mod.page
    assert "banned.debt_rescue" in mod.page
    assert "[1 Banned offer, " in mod.said()


def test_markup_in_a_text_is_only_text(person, at_pages):
    person().write(title="<script>alert(1)</script>", body="<b>bold</b> & more")
    mod = at_pages()
    mod.take()
    assert "<script>alert" not in mod.page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in mod.page


def test_after_a_decision_the_next_case_stands_there(person, at_pages):
    posts = [person().write(body=f"Soup number {n}.").json["id"] for n in range(2)]
    mod = at_pages()
    mod.take()
    assert "Soup number 0." in mod.page
    mod.decide("approve")
    assert "Decided: Allow." in mod.said()
    assert "Soup number 1." in mod.page
    mod.decide("approve")
    assert mod.place == DESK
    assert "Nothing more waits here for you." in mod.said()
    assert set(person().feed()) == set(posts)


def test_a_rule_of_the_community_is_needed_to_take_something(person, at_pages):
    person().write()
    mod = at_pages()
    mod.take()
    refused = mod.decide("remove")
    assert refused.status_code == 422
    assert 'href="#f-clause"' in mod.page
    assert "Name the rule of the community." in mod.said()
    assert "Lentils keep me going." in mod.page
    mod.decide("remove", clause="off_topic")
    assert "Decided: Remove." in mod.said()


@pytest.mark.parametrize(
    ("locale", "usual"),
    [
        ("en", "Your text belongs under another topic. Please post it there."),
        ("zh-CN", "您的内容更适合其他话题，请发布到相应的话题下。"),
    ],
)
def test_the_usual_sentence_is_in_the_authors_language(person, at_pages, locale, usual):
    ann, mod = person(locale=locale), at_pages()
    ann.write()
    mod.take()
    mod.decide("warn", clause="off_topic")
    count_at(NOW + timedelta(minutes=10))
    assert standings(ann) == [("warn", usual)]


def test_own_words_come_before_the_usual_ones_and_are_kind(person, at_pages):
    ann, mod = person(), at_pages()
    ann.write()
    mod.take()
    unkind = "We will sue you and tell your family about it."
    assert mod.decide("remove", clause="respect", reason=unkind).status_code == 422
    assert 'href="#f-reason"' in mod.page
    mod.decide("remove", clause="respect", reason="Please say it without the nickname.")
    count_at(NOW + timedelta(minutes=10))
    assert standings(ann) == [("remove", "Please say it without the nickname.")]


def test_the_statement_is_shown_before_in_both_languages(person, at_pages):
    person().write()
    mod = at_pages()
    mod.take()
    held = mod.held() | {"clause": "spam"}
    mod.send("preview", clause="spam")
    live = mod.client.post(f"{DESK}/cases/{mod.case_id}/statement", held).json["html"]
    for words in ("No advertising, and nothing over and over.", "请不要发布广告或重复内容。",
                  "Your text was taken down.", "within 180 days"):  # fmt: skip
        assert words in mod.page
        assert words in live
    assert 'value="spam" data-key="6" checked' in mod.page
    assert mod.decide("approve").status_code == 200


def test_who_comes_too_late_reads_the_decision_that_won(person, at_pages):
    person().write()
    mod, other = at_pages(), at_pages()
    mod.take()
    with clock.fixed(NOW + timedelta(minutes=10)):
        other.take()
        assert other.case_id == mod.case_id
        early = mod.decide("approve")
        assert (early.status_code, "Somebody else looks at it now." in mod.said()) == (409, True)
        other.decide("remove", clause="spam")
    mod.go(mod.client.get(f"{DESK}/cases/{mod.case_id}"))
    assert "This decision was first: Remove" in mod.said()
    assert "nothing is lost" in mod.said()
    assert 'data-key="j"' in mod.page


def test_a_text_that_changed_meanwhile_is_read_again(person, at_pages):
    ann, mod = person(), at_pages()
    post = ann.write().json
    mod.take()
    ann.api.patch(
        f"{POSTS}/{post['id']}",
        json={"title": "Other words", "body": "Altogether."},
        headers={"If-Match": '"1"'},
    )
    late = mod.decide("approve")
    assert late.status_code == 409
    if mod.held():
        mod.send("keep")
    else:
        mod.take()
    assert "Other words" in mod.page
    mod.decide("approve")
    assert "Decided: Allow." in mod.said()


def test_two_moderators_never_get_the_same_case(person, at_pages):
    for number in range(6):
        person().write(body=f"Soup number {number}.")
    mods = [at_pages() for _ in range(3)]
    taken = []
    for mod in mods:
        mod.take()
        taken.append(mod.case_id)
    # Whoever opens the queue once more gets her own case again, and no other's.
    for mod, own in zip(mods, taken, strict=True):
        mod.take()
        assert mod.case_id == own
    for mod in mods:
        mod.decide("approve")
        taken.append(mod.case_id)
    assert len(set(taken)) == 6


def test_a_case_is_anothers_page_to_nobody(person, at_pages):
    person().write()
    mod, other = at_pages(), at_pages()
    mod.take()
    other.go(other.client.get(f"{DESK}/cases/{mod.case_id}"))
    assert "Somebody else looks at it now." in other.said()
    assert "Lentils" not in other.page
    held = mod.held() | {"clause": "spam"}
    spied = other.client.post(f"{DESK}/cases/{mod.case_id}/statement", held)
    assert (spied.status_code, spied.json) == (404, {"html": ""})
    assert other.client.get(f"{DESK}/cases/{mod.client.id}").status_code == 404


def test_skip_send_on_and_give_back(person, at_pages):
    person().write()
    mod, other = at_pages(), at_pages()
    mod.take()
    mod.send("move", move="release")
    assert "Given back" in mod.said()
    mod.take()
    mod.send("move", move="skip", why="known")
    assert mod.place == DESK
    mod.take()
    assert "Nothing waits here for you." in mod.said()
    other.take()
    other.send("move", move="escalate", to="crisis", why="elsewhere")
    other.take("crisis")
    assert "People in need" in other.said()
    trail = other.client.get(f"{DESK}/cases/{other.case_id}/trail").text
    assert "I may know this person, or took part." in trail
    assert "Sent on" in trail


def test_z_takes_back_the_last_decision_and_the_case_is_hers_again(person, at_pages):
    ann, mod = person(), at_pages()
    ann.write(title="The first of them")
    person().write(title="The second of them")
    mod.take()
    mod.decide("remove", clause="spam")
    assert "The second of them" in mod.page
    last = mod.page.split(f'action="{DESK}/decisions/')[1].split('"')[0]
    mod.go(mod.client.post(f"{DESK}/decisions/{last}"))
    assert "Taken back: the case is yours again." in mod.said()
    assert "The first of them" in mod.page
    mod.decide("approve")
    # On with what she held before.
    assert "The second of them" in mod.page
    assert count_at(NOW + timedelta(minutes=10))["decisions"] == 0


def test_her_own_decisions_with_their_way_back(person, at_pages):
    person().write()
    mod, other = at_pages(), at_pages()
    mod.take()
    mod.decide("warn", clause="respect")
    mod.go(mod.client.get(f"{DESK}/decisions"))
    assert "Warn" in mod.said()
    assert "Counts in ten minutes" in mod.said()
    assert "You have decided nothing yet." in other.client.get(f"{DESK}/decisions").text
    path = mod.page.split(f'action="{DESK}/decisions/')[1].split('"')[0]
    anothers = other.client.post(f"{DESK}/decisions/{path}", {"why": "read_again"})
    assert anothers.status_code == 403
    mod.go(mod.client.post(f"{DESK}/decisions/{path}", {"why": "read_again"}))
    mod.go(mod.client.get(f"{DESK}/decisions"))
    assert "Taken back" in mod.said()
    assert mod.client.get(f"{DESK}/decisions?cursor=nonsense").status_code == 422
