"""Who one is here: a name that leads nowhere."""

import random
import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.kit import clock
from community.members import rules
from tests.clock import NOW
from tests.fixtures.api import new_key

OWN = "/v1/me/community"


def test_a_handle_is_drawn_once_and_stays(person):
    ann = person(external_id="ann-77", name="Ann Meadow", phone="+12025550173")
    first = ann.api.get(OWN)
    assert first.status_code == 200
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", first.json["handle"])
    assert "Ann" not in first.text
    assert "77" not in first.json["name"] or "77" in first.json["handle"]
    assert ann.api.get(OWN).json == first.json
    assert ann.write().json["author"]["handle"] == first.json["handle"]
    chinese = ann.api.get(OWN, headers={"Accept-Language": "zh-CN"}).json
    assert (chinese["handle"], "的" in chinese["name"]) == (first.json["handle"], True)


def test_another_name_is_drawn_seldom_and_what_was_written_goes_with_it(person):
    ann = person()
    post = ann.write().json
    other = ann.api.post(f"{OWN}/handle", headers=new_key())
    assert other.status_code == 200
    assert other.json["handle"] != post["author"]["handle"]
    shown = ann.api.get(f"/v1/community/posts/{post['id']}").json["author"]
    assert shown["handle"] == other.json["handle"]
    early = ann.api.post(f"{OWN}/handle", headers=new_key())
    assert (early.status_code, early.json["code"]) == (429, "handle-too-young")
    with clock.fixed(NOW + timedelta(days=rules.HANDLE_DAYS_MIN)):
        assert ann.api.post(f"{OWN}/handle", headers=new_key()).status_code == 200


def test_one_blocks_others_and_not_oneself(person):
    ann = person()
    own = ann.api.get(OWN).json["handle"]
    assert ann.api.put(f"{OWN}/blocks/{own}").json["code"] == "own-handle"
    for method in ("put", "delete"):
        answer = getattr(ann.api, method)(f"{OWN}/blocks/calm-nobody-1000")
        assert (answer.status_code, answer.json["code"]) == (404, "member-unknown")


@given(seed=st.integers(), tries=st.integers(0, 30))
def test_every_handle_has_a_name_in_both_languages(seed, tries):
    handle = rules.draw_handle(random.Random(seed).randrange, tries=tries)  # noqa: S311
    assert re.fullmatch(r"[a-z]+-[a-z]+-[0-9]{4,6}", handle)
    number = handle.split("-")[2]
    assert rules.name_of(handle, in_chinese=False).endswith(f" {number}")
    assert not re.search("[a-z]", rules.name_of(handle, in_chinese=True))


def test_no_two_words_of_the_lists_are_one():
    assert len(rules.QUALITIES) == len(rules.THINGS) == 48
    assert set(rules.QUALITIES) & set(rules.THINGS) == set()
    for words in (rules.QUALITIES, rules.THINGS):
        assert len(set(words.values())) == len(words)
