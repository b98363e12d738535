"""From what happens to what she is told: once, and only while it is news."""

import pytest
from sqlalchemy import select

from backend.auth import service as auth
from backend.events.contacts import Purpose
from backend.events.tiers import TierChanged
from backend.kit import clock
from backend.kit.outbox import Recorded, announce
from backend.tiers import policies
from notifications.deliveries.models import NotificationIntent, NotificationWaiting
from notifications.notices import service
from tests.api.statements import heard
from tests.clock import NOW, TODAY
from tests.factories.cases import dispute_of, promise_of
from tests.factories.catalogue import make_item, redeem
from tests.factories.loans import make_borrower, make_installments, make_loan, make_payment
from tests.factories.points import give_points
from tests.factories.policies import make_dpd_policy, publish_policy
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key


@pytest.fixture
def her(session):
    return make_borrower(session, external_id="her")


@pytest.fixture
def loan_id(session, her):
    return str(
        make_loan(
            session, borrower="her", installments=make_installments(), external_id="her-loan"
        )[1]
    )


@pytest.fixture
def told(session, deliver):
    """What she is still to be told, by template; what was taken back is told no more."""

    def ask(borrower_id):
        deliver()
        rows = session.execute(
            select(NotificationIntent.__table__)
            .join(
                NotificationWaiting,
                (NotificationWaiting.borrower_id == NotificationIntent.borrower_id)
                & (NotificationWaiting.intent_id == NotificationIntent.id),
            )
            .where(NotificationIntent.borrower_id == borrower_id)
            .order_by(NotificationIntent.id)
        )
        return {row.template.removeprefix("notice."): row for row in rows}

    return ask


def test_a_promise_is_noted_and_thanked_for(session, her, loan_id, told, deliver):
    promise_id = promise_of(session, her, loan_id=loan_id)
    noted = told(her)
    assert noted.keys() == {"promise_made"}
    assert noted["promise_made"].variables | {"day": ""} == {
        "amount_minor": 100, "currency": "CNY", "day": "", "loan_id": loan_id,
        "promise_id": promise_id,
    }  # fmt: skip
    make_payment(session, loan="her-loan", amount_minor=100, received_on=TODAY)
    thanked = told(her)
    # What waited is old by now: she is thanked, and not told first what she had said.
    assert thanked.keys() == {"payment_received", "promise_kept"}
    assert thanked["promise_kept"].purpose == Purpose.RECEIPT


def test_a_dispute_that_she_takes_back_is_told_no_more(session, her, loan_id, told, borrower_api):
    dispute_id = dispute_of(session, her, loan_id=loan_id)
    assert told(her).keys() == {"dispute_received"}
    answer = borrower_api(her).post(
        f"/v1/me/disputes/{dispute_id}/withdraw", headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 200, answer.text
    assert told(her) == {}


def test_a_better_tier_rings_and_a_worse_one_is_in_the_inbox(session, told, borrower_api):
    policies.forget()
    publish_policy(session, make_dpd_policy())
    session.flush()
    live = policies.get_live(session)
    codes = [each.code for each in live.policy.tiers if each.name is not None]
    better, worse, first, past = (make_borrower(session) for _ in range(4))
    moves = {better: (1, 2, False), worse: (2, 1, False), first: (None, 2, False)}
    for who, (before, after, backfill) in (moves | {past: (1, 2, True)}).items():
        announce(
            session,
            TierChanged(who, NOW, None, codes[0], before, after, live.version, backfill=backfill),
        )
    assert told(better).keys() == {"tier_better"}
    for who in (worse, first, past):
        assert told(who) == {}
    shown = {who: borrower_api(who).get("/v1/me/inbox").json["items"] for who in (worse, first)}
    assert [item["title"] for item in shown[worse]] == ["What we can offer you has changed"]
    assert live.policy.tier(codes[0]).name.en in shown[worse][0]["body"]
    assert shown[first] == []
    policies.forget()


def test_a_night_that_moves_many_is_told_in_a_few_statements(session):
    policies.forget()
    publish_policy(session, make_dpd_policy())
    live = policies.get_live(session)
    code = live.policy.tiers[0].code
    who = [make_borrower(session) for _ in range(50)]
    recorded = [
        Recorded(n, TierChanged(each, NOW, None, code, 1 + n % 2, 2 - n % 2, live.version), NOW)
        for n, each in enumerate(who)
    ]
    with heard(session.connection()) as found:
        service.tell(session, recorded=recorded, now=NOW)
    assert len(found) <= 4
    why = session.execute(select(NotificationIntent.closed_why)).scalars().all()
    assert (why.count(None), why.count("inbox_alone")) == (25, 25)
    policies.forget()


def test_a_log_in_elsewhere_is_told_and_the_first_one_is_not(session, her, told, process):
    def log_in(label):
        return auth.open_session(
            session, process.token_keys, audience="borrower", subject_id=her, amr=["sms"],
            label=label, now=clock.wall(),
        )  # fmt: skip

    first = log_in("a phone")
    assert told(her) == {}
    log_in("a tablet")
    [alarm] = told(her).values()
    assert (alarm.template, alarm.purpose) == ("notice.new_log_in", Purpose.SECURITY)
    assert alarm.variables["device"] == "a tablet"
    assert alarm.variables["session_id"] != str(
        auth.read_token(process.token_keys, first.access_token).session_id
    )


def test_the_same_event_twice_is_told_once(session, her):
    policies.forget()
    publish_policy(session, make_dpd_policy())
    live = policies.get_live(session)
    moved = TierChanged(her, NOW, None, live.policy.tiers[0].code, 1, 2, live.version)
    for _ in range(2):
        service.tell(session, recorded=[Recorded(7, moved, NOW)], now=NOW)
    found = select(NotificationIntent.id).where(NotificationIntent.borrower_id == her)
    assert len(session.execute(found).all()) == 1
    policies.forget()


@pytest.mark.parametrize(
    ("moves", "news"),
    [
        (("confirmed", "shipped", "completed"), {"redemption_sent"}),
        (("failed",), {"redemption_returned"}),
        (("cancel",), set()),
    ],
)
def test_of_what_she_chose_for_her_points_she_is_told_what_others_did(
    session, borrower_api, staff_api, told, moves, news
):
    who = make_profile(session)
    enrol(session, who)
    give_points(session, who, 250)
    chosen = redeem(session, who, make_item(session, "physical_gift"), address="7 Bell Street")
    told(who)  # what led here is none of this
    for move in moves:
        api, path, body = staff_api("marketer"), f"/v1/staff/borrowers/{who}", {"state": move}
        if move == "cancel":
            api, path, body = borrower_api(who), "/v1/me", None
        verb = move if body is None else "advance"
        answer = api.post(f"{path}/redemptions/{chosen}/{verb}", json=body, headers=new_key())
        assert answer.status_code == 200, answer.text
    found = told(who)
    assert {each for each in found if each.startswith("redemption")} == news
    assert [found[each].variables for each in news] == [{"redemption_id": str(chosen)}] * len(news)
