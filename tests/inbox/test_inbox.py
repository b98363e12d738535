"""Her messages in her language, and a count of the unread that is never wrong."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.kit import clock
from backend.kit.db import reading, transaction
from backend.kit.ids import new_id
from notifications.inbox import queries, service
from notifications.inbox.models import InboxItem
from tests.clock import NOW
from tests.factories.inbox import put_message
from tests.factories.loans import make_borrower

PATH = "/v1/me/inbox"


@pytest.fixture
def me(session, borrower_api):
    return borrower_api(make_borrower(session))


def fill(session, me, many):
    """Messages a minute apart, the oldest first; two share an instant."""
    return [
        str(put_message(session, me.id, at=NOW + timedelta(minutes=n // 2))) for n in range(many)
    ]


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def test_a_message_is_worded_when_it_is_read_in_the_language_of_its_reader(session, me):
    loan_id = str(new_id())
    put_message(session, me.id, variables={"loan_id": loan_id})
    [item] = me.get(PATH).json["items"]
    assert (item["title"], item["about"]) == ("Happy birthday", {"loan_id": loan_id})
    assert item["action"]
    assert item["action_code"] == "see_rewards"
    [item] = me.get(PATH, headers={"Accept-Language": "zh-CN"}).json["items"]
    assert item["title"] == "生日快乐"
    assert item["read_at"] is None


@pytest.mark.parametrize("broken", [{"template": "greeting.gone"}, {"version": 99}])
def test_a_message_that_cannot_be_worded_takes_no_other_away(session, me, broken):
    put_message(session, me.id)
    put_message(session, me.id, **broken)
    titles = {item["title"] for item in me.get(PATH).json["items"]}
    assert titles == {"Happy birthday", "Goodfaith"}


def test_pages_follow_each_other_and_new_messages_move_nothing(session, me):
    made = fill(session, me, 5)
    first = me.get(PATH, query_string={"limit": 2})
    put_message(session, me.id, at=NOW + timedelta(hours=1))
    rest = me.get(PATH, query_string={"limit": 100, "cursor": first.json["next_cursor"]})
    assert ids(first) + ids(rest) == made[::-1]
    assert (first.json["unread_count"], rest.json["unread_count"]) == (5, 6)


def test_what_she_has_read_counts_no_more(session, me):
    made = fill(session, me, 4)
    assert me.post(f"{PATH}/{made[0]}/read").json == {"unread_count": 3}
    with clock.fixed(NOW + timedelta(days=1)):
        assert me.post(f"{PATH}/{made[0]}/read").json == {"unread_count": 3}
    unread, read = (me.get(PATH, query_string={"unread": each}) for each in ("true", "false"))
    assert (ids(unread), ids(read)) == (made[:0:-1], [made[0]])
    assert read.json["items"][0]["read_at"] == "2026-11-23T06:00:00Z"
    assert me.post(f"{PATH}/read-all", query_string={"up_to": made[2]}).json == {"unread_count": 1}
    assert ids(me.get(PATH, query_string={"unread": "true"})) == [made[3]]
    assert me.post(f"{PATH}/read-all").json == {"unread_count": 0}
    emptied = me.get(PATH, query_string={"unread": "true"})
    assert (ids(emptied), emptied.json["unread_count"]) == ([], 0)
    assert me.get(PATH, query_string={"unread": "maybe"}).status_code == 422


def test_another_persons_message_is_not_there(session, me, borrower_api):
    [made] = fill(session, me, 1)
    other = borrower_api(make_borrower(session))
    for answer in (
        other.post(f"{PATH}/{made}/read"),
        other.post(f"{PATH}/read-all", query_string={"up_to": made}),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "inbox-item-unknown")
    assert other.get(PATH).json["items"] == []
    assert me.get(PATH).json["unread_count"] == 1


def test_the_same_message_again_changes_nothing(session, me):
    made = put_message(session, me.id)
    me.post(f"{PATH}/{made}/read")
    put_message(session, me.id, item_id=made, template="greeting.mid_autumn")
    answer = me.get(PATH).json
    assert (answer["unread_count"], answer["items"][0]["title"]) == (0, "Happy birthday")


@pytest.mark.commits
def test_the_count_is_that_of_the_items_while_others_write_and_read(session, own_database):
    """Each page holds all there is, so what it counts is what it shows."""
    borrower_id = make_borrower(session)
    known = [put_message(session, borrower_id) for _ in range(20)]
    session.commit()

    def act(n):
        with transaction() as own:
            if n % 10 == 9:
                service.read_all(own, borrower_id=borrower_id, now=NOW)
            elif n % 2:
                service.read(own, borrower_id=borrower_id, item_id=known[n % 20], now=NOW)
            else:
                put_message(own, borrower_id)
        with reading() as own:
            page, count = queries.page_own(
                own, borrower_id=borrower_id, is_unread=None, args={"limit": 100}
            )
        assert page.next_cursor is None
        return count == sum(item.read_at is None for item in page.items)

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(act, range(60)))
    left = session.execute(select(InboxItem.read_at)).scalars().all()
    assert len(left) == 20 + 30
    with transaction() as own:
        service.read_all(own, borrower_id=borrower_id, now=NOW)
        assert queries.count_unread(own, borrower_id=borrower_id) == 0
