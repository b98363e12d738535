"""Feeds: their order, their pages, whom one does not see, and what is found."""

from datetime import timedelta

import pytest

from backend.kit import clock
from community.writings.search import terms_of, wanted
from tests.clock import NOW
from tests.community.conftest import POSTS
from tests.factories.community import make_post, set_at


@pytest.fixture
def posts(person, behind_the_wall):
    """Six posts of one author, a minute apart, the first the oldest."""
    ann = person()
    topics = ("budget", "plans", "work", "budget", "plans", "budget")
    return ann, [
        str(
            make_post(
                behind_the_wall,
                ann.id,
                title=f"Number {n}",
                topic=topic,
                now=NOW + timedelta(days=n),
            )
        )
        for n, topic in enumerate(topics)
    ]


def walk(person, **query):
    """The whole feed, page by page."""
    found, cursor = [], None
    while True:
        given = {**query, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = person.api.get(POSTS, query_string=given).json
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_each_feed_has_its_order_and_pages_without_gap_or_repeat(posts, person, behind_the_wall):
    _, ids = posts
    bea = person()
    for post_id, helpful in zip(ids, (0, 3, 1, 3, 0, 2), strict=True):
        set_at(behind_the_wall, post_id, helpful=helpful)
    assert walk(bea) == ids[::-1]
    assert walk(bea, feed="helpful") == [ids[n] for n in (3, 1, 5, 2, 4, 0)]
    assert walk(bea, topic="budget") == [ids[n] for n in (5, 3, 0)]
    assert walk(bea, feed="followed") == []
    for topic in ("plans", "work"):
        assert bea.api.put(f"/v1/community/topics/{topic}/follow").status_code == 204
    assert walk(bea, feed="followed") == [ids[n] for n in (4, 2, 1)]
    assert bea.api.delete("/v1/community/topics/work/follow").status_code == 204
    assert walk(bea, feed="followed") == [ids[n] for n in (4, 1)]
    shown = {t["code"] for t in topics_of(bea) if t["is_followed"]}
    assert shown == {"plans"}
    assert bea.api.put("/v1/community/topics/dreams/follow").json["code"] == "topic-unknown"


def topics_of(person):
    return person.api.get("/v1/community/topics").json["items"]


def test_a_page_stays_where_it_was_when_something_new_comes(posts, person, behind_the_wall):
    ann, ids = posts
    bea = person()
    first = bea.api.get(POSTS, query_string={"limit": 3}).json
    make_post(behind_the_wall, ann.id, title="Newer", now=NOW + timedelta(days=9))
    rest = bea.api.get(POSTS, query_string={"cursor": first["next_cursor"]}).json
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]


def test_nothing_of_an_author_whom_one_blocked_is_shown(posts, trusted):
    ann, ids = posts
    bea, cam = trusted(), trusted()
    handle = ann.api.get("/v1/me/community").json["handle"]
    thread = cam.write().json["id"]
    with clock.fixed(NOW + timedelta(days=20)):
        comment = ann.answer(thread).json["id"]
    block = f"/v1/me/community/blocks/{handle}"
    for _ in range(2):
        assert bea.api.put(block).status_code == 204
    assert set(ids) & set(bea.feed()) == set()
    for feed in ("helpful", "followed"):
        assert set(ids) & set(bea.feed(feed=feed)) == set()
    assert bea.api.get(f"{POSTS}/{ids[0]}").status_code == 404
    seen = bea.api.get(f"{POSTS}/{thread}/comments").json["items"]
    assert comment not in [each["id"] for each in seen]
    assert set(ids) <= set(cam.feed(limit=100))
    [blocked] = bea.api.get("/v1/me/community").json["blocked"]
    assert blocked["handle"] == handle
    assert bea.api.delete(block).status_code == 204
    assert set(ids) <= set(bea.feed(limit=100))


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("还款计划", True),
        ("计划", True),
        ("划", True),
        ("计还", False),
        ("plan", True),
        ("PLANNED carefully", True),
        ("plan 还款", True),
        ("plan 维权", False),
        ("ｐｌａｎ", True),  # noqa: RUF001 - typed on a Chinese keyboard
        ("the", False),
        ("!!!", False),
        ("' & | ! :*", False),
        ("=款", True),
    ],
)
def test_words_are_found_in_both_languages(person, behind_the_wall, query, is_found):
    ann, bea = person(), person()
    post_id = str(
        make_post(
            behind_the_wall,
            ann.id,
            title="我的还款计划",
            body="We planned it carefully: 每月一小步，慢慢来。",
        )
    )
    make_post(behind_the_wall, ann.id, title="Soup", body="It cooks itself.")
    for feed in ("new", "helpful"):
        assert bea.feed(q=query, feed=feed) == ([post_id] if is_found else [])


def test_an_edited_text_is_found_by_its_new_words(trusted):
    ann = trusted()
    post_id = ann.write(title="Onions").json["id"]
    ann.api.patch(f"{POSTS}/{post_id}", json={"title": "Leeks"}, headers={"If-Match": '"1"'})
    assert ann.feed(q="leek") == [post_id]
    assert ann.feed(q="onion") == []


def test_every_part_of_a_text_is_found_in_it():
    text = "我们2027年做了计划 with care"
    whole = terms_of(text)
    for part in ("我们", "做了计划", "年", "care", "with care"):
        looked_for = wanted(part)
        signs = [p for p in looked_for.pairs if len(p) > 2]
        assert set(signs) <= set(whole.pairs)
        assert set(looked_for.words.split()) <= set(whole.words.split())
