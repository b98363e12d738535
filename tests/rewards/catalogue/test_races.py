"""The last one, the last code, the last points: whoever asks at once, each goes to one."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.db import transaction
from backend.kit.problems import Problem
from rewards.catalogue import service
from rewards.catalogue.audit import run as audit
from rewards.catalogue.models import CatalogueItem, Redemption, VoucherCode
from tests.clock import NOW
from tests.factories.catalogue import make_item, make_voucher, redeem
from tests.factories.points import give_points
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key

pytestmark = pytest.mark.commits
THREADS = 16


def outcome(act: Callable[[Session], Any]) -> str:
    """What became of it: done, or the refusal's code."""
    try:
        with transaction() as fresh:
            act(fresh)
    except Problem as refusal:
        return refusal.code
    return "done"


def at_once(acts: list[Callable[[Session], Any]]) -> Counter[str]:
    """All of them, let go together."""
    gate = Barrier(min(THREADS, len(acts)))

    def run(act: Callable[[Session], Any]) -> str:
        gate.wait(timeout=30)
        return outcome(act)

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, acts))


@contextmanager
def books() -> Iterator[Session]:
    with transaction() as fresh:
        assert list(audit(fresh)) == []
        yield fresh


@pytest.fixture
def members(session):
    def make(number: int, points: int = 100) -> list[UUID]:
        ids = [make_profile(session) for _ in range(number)]
        enrol(session, *ids)
        for each in ids:
            give_points(session, each, points)
        session.commit()
        return ids

    return make


def test_the_last_voucher_goes_to_one(session, members):
    item_id = make_voucher(session, "LAST-1")
    ids = members(THREADS)
    told = at_once([lambda s, i=i: redeem(s, i, item_id) for i in ids])
    assert told == {"done": 1, "out-of-stock": THREADS - 1}
    with books() as fresh:
        assert fresh.execute(select(CatalogueItem.stock_left)).scalar_one() == 0
        assert fresh.execute(select(func.count(VoucherCode.redemption_id))).scalar_one() == 1


def test_one_balance_pays_for_one_of_two_things(session, members):
    items = [make_item(session, "lesson"), make_item(session, "donation")]
    (own,) = members(1, points=150)
    told = at_once([lambda s, n=n: redeem(s, own, items[n % 2]) for n in range(8)])
    assert told == {"done": 1, "not-enough-points": 7}
    with books():
        pass


def test_a_limit_holds_for_who_asks_twice_at_once(session, members):
    item_id = make_item(session, limit_each=1)
    (own,) = members(1, points=10_000)
    told = at_once([lambda s: redeem(s, own, item_id)] * 8)
    assert told == {"done": 1, "redemption-limit-reached": 7}
    with books():
        pass


def test_claimed_or_cancelled_and_never_both(session, members):
    item_id = make_item(session, stock=8)
    ids = members(8)
    made = [redeem(session, each, item_id) for each in ids]
    session.commit()

    def act(verb: Callable[..., None], n: int) -> Callable[[Session], None]:
        return lambda s: verb(s, borrower_id=ids[n], redemption_id=made[n], now=NOW)

    told = at_once([act(v, n) for n in range(8) for v in (service.claim, service.cancel)])
    assert told == {"done": 8, "redemption-not-open": 8}
    with books() as fresh:
        states = Counter(fresh.execute(select(Redemption.state)).scalars())
        left = fresh.execute(select(CatalogueItem.stock_left)).scalar_one()
        assert states["cancelled"] == left


def test_a_repeat_with_the_same_key_redeems_once(session, members, borrower_api):
    item_id = make_item(session, stock=5)
    (own,) = members(1, points=1_000)
    key = new_key()

    def ask(_: int) -> tuple[int, str | None]:
        answer = borrower_api(own).post(
            "/v1/me/redemptions", json={"item_id": str(item_id)}, headers=key
        )
        return answer.status_code, answer.json.get("id")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(8)))
    again = ask(0)
    assert again[0] == 201
    # While the first still runs the others are told so.
    assert {each for each in answers if each[0] != 409} == {again}
    with books() as fresh:
        assert fresh.execute(select(func.count(Redemption.id))).scalar_one() == 1


def test_stock_is_counted_while_it_is_taken_and_given_back(session, members):
    """Whoever turns an item without stock into one with it counts those taken meanwhile."""
    item_id = make_item(session)
    ids = members(8)
    made = [redeem(session, each, item_id) for each in ids[:4]]
    session.commit()
    values = {
        "names": {"en": "A lesson", "zh-CN": "礼品"},
        "about": {"en": "Something nice", "zh-CN": "好东西"},
        "terms": {"title": "Budgets", "url": "https://learn.example/budgets"},
        "price_points": 100,
        "limit_each": None,
        "audience": {"all": []},
        "stock": 20,
        "state": "live",
    }
    acts: list[Callable[[Session], Any]] = [
        lambda s: service.edit_item(s, item_id=item_id, edits=1, values=values)
    ]
    for n, each in enumerate(ids[:4]):
        acts.append(
            lambda s, b=each, r=made[n]: service.cancel(s, borrower_id=b, redemption_id=r, now=NOW)
        )
    acts += [lambda s, b=each: redeem(s, b, item_id) for each in ids[4:]]
    assert at_once(acts) == {"done": 9}
    with books() as fresh:
        assert fresh.execute(select(CatalogueItem.stock_left)).scalar_one() == 16


def test_the_night_returns_what_is_late_while_others_redeem(session, members):
    items = [make_item(session, stock=40) for _ in range(2)]
    ids = members(24, points=200)
    late = [redeem(session, each, items[n % 2]) for n, each in enumerate(ids[:12])]
    session.commit()
    assert late
    after = NOW.replace(year=NOW.year + 1)

    acts: list[Callable[[Session], Any]] = [
        lambda s: service.fail_unclaimed(s, now=after, limit=100),
        lambda s: service.fail_unclaimed(s, now=after, limit=100),
        *(lambda s, n=n, b=b: redeem(s, b, items[n % 2]) for n, b in enumerate(ids[:12])),
    ]
    told = at_once(acts[:14])
    assert set(told) <= {"done"}
    with books() as fresh:
        states = Counter(fresh.execute(select(Redemption.state)).scalars())
        assert states["failed"] >= 12


def test_another_item_s_code_is_never_drawn(session, members):
    first, second = make_voucher(session, "A-1"), make_voucher(session, "B-1")
    ids = members(8)
    told = at_once([lambda s, n=n, i=i: redeem(s, i, (first, second)[n % 2])
                    for n, i in enumerate(ids)])  # fmt: skip
    assert told == {"done": 2, "out-of-stock": 6}
    with books() as fresh:
        drawn = fresh.execute(
            select(VoucherCode.item_id, Redemption.item_id).join(
                Redemption, Redemption.id == VoucherCode.redemption_id
            )
        ).all()
        assert all(of == by for of, by in drawn)
