"""Every statement of the hot paths finds its rows by an index, in tables of 100,000 rows.

The statements are not written down here: they are those that the requests, the handlers and the
re-tier send, heard on their way and explained.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, text

from backend.auth import revocations
from backend.auth import service as auth
from backend.auth.service import purge
from backend.borrowers.models import Borrower
from backend.consents import queries as consents
from backend.consents.rules import Purpose, Source
from backend.consents.service import Said, put_consents
from backend.kit import clock, delivery, idempotency, jobs
from backend.kit.db import Database, transaction
from backend.kit.ids import new_id
from backend.procedures import service as procedures
from backend.programme import service as programme
from backend.promises import queries as promises
from backend.promises.service import judge_loans
from backend.repayment_plans.rules import State
from backend.tiers.policies import get_live
from backend.tiers.retier import Occasion, retier, retier_range
from rewards.points import service as points_service
from rewards.points.rules import expiry_of
from tests.api.conftest import make_world
from tests.api.crowd import multiply
from tests.api.explained import Plans
from tests.api.statements import heard
from tests.clock import NOW, TODAY
from tests.evidence.hot import evidence_calls
from tests.factories.cases import dispute_of, promise_of, waiver_request_of
from tests.factories.contacts import make_contact
from tests.factories.credentials import make_credential
from tests.factories.evidence import receipt_of
from tests.factories.grants import grant_of
from tests.factories.plans import plan_of
from tests.factories.procedures import procedure_of
from tests.factories.viewers import make_assignment
from tests.fixtures.api import bearer, new_key
from tests.metrics.hot import metric_calls
from tests.rewards.credentials.hot import credential_calls
from tests.webhooks.hot import webhook_calls

pytestmark = pytest.mark.commits

COPIES = 50_000
ROWS_MIN = 100_000
LARGE = (
    *("external_ref", "loan", "installment", "payment", "event", "delivery", "fact_change"),
    *("points_entry", "points_lot", "points_posting"),
)
REACHING = {"channel": "call", "purpose": "collection", "at": "2026-11-23T06:00:00Z"}
PURPOSE = {"X-Access-Purpose": "complaint"}
CONSENT = {"purpose": "marketing", "version": 1}
CAUSE = points_service.Cause("redemption")


@pytest.fixture
def crowd(client_api, staff_api, session, deliver, own_database: Database):
    """Ann and Bea among 50,000 others who have as much as Ann."""
    world = make_world(client_api, session, deliver)
    programme.enrol_all(session, borrower_ids=[world.ann.id], reason="test", now=NOW)
    said = Said(purpose=Purpose.MARKETING, version=1, granted=True)
    put_consents(session, borrower_id=world.ann.id, said=[said], source=Source.APP, now=NOW)
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=world.ann.id)
    for points in (100, 20, 60):
        _earn(session, world.ann.id, points=points)
    plan_of(session, world.ann.id, UUID(world.ann.loan_id), state=State.REJECTED)
    # Over two lots, so that it has postings of its own.
    points_service.spend(session, borrower_id=world.ann.id, points=110, cause=CAUSE, now=NOW)
    loan_id = world.ann.loan_id
    promise_of(session, world.ann.id, loan_id=loan_id)
    dispute_of(session, world.ann.id, loan_id=loan_id, asked_by=manager.id)
    waiver_request_of(session, world.ann.id, loan_id=loan_id)
    make_contact(session, world.ann.id)
    for _ in range(2):
        grant_of(session, world.ann.id)
    make_credential(session, world.ann.id, is_shared=True)
    procedure_id = UUID(procedure_of(session, world.ann.id))
    procedures.reply(
        session,
        borrower_id=world.ann.id,
        procedure_id=procedure_id,
        text="A word.",
        document_ids=[],
        now=NOW,
    )
    session.commit()
    with own_database.writes.connect() as connection:
        multiply(connection, borrower_id=world.ann.id, copies=COPIES)
        for table in LARGE:
            rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            assert rows >= ROWS_MIN, table
    return world


def test_hot_statements_use_indexes(
    crowd, client_api, borrower_api, staff_api, public_api, process, session, own_database, deliver
):
    plans = Plans(own_database)
    staff, manager = staff_api("risk_officer"), staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=crowd.ann.id)
    receipt = receipt_of(session, crowd.ann.id)
    session.commit()
    me = borrower_api(crowd.ann.id)

    def hear(*calls) -> None:
        with heard(own_database.writes, own_database.reads) as found:
            for call in calls:
                answer = call()
                status = getattr(answer, "status_code", 200)
                assert status in (200, 201, 202, 204), (answer.request.path, answer.text)
        assert found
        plans.explain(found)

    loan, card = (f"/v1/me/loans/{each}" for each in (crowd.ann.loan_id, crowd.ann.card_id))
    hear(
        lambda: me.get("/v1/me"),
        lambda: me.patch("/v1/me", json={"locale": "zh-CN"}),
        lambda: me.get("/v1/me/access-log"),
        lambda: me.get("/v1/me/loans", query_string={"limit": 1}),
        lambda: me.get(loan),
        lambda: me.get(loan, query_string={"as_of": str(TODAY - timedelta(days=20))}),
        *(lambda part=part: me.get(f"{loan}/{part}") for part in ("schedule", "payments", "fees")),
        lambda: me.get(f"{card}/statements", query_string={"limit": 1}),
        lambda: me.get("/v1/me/streaks"),
        lambda: me.get("/v1/me/badges"),
        lambda: me.get("/v1/me/campaigns"),
        lambda: me.get("/v1/me/tier"),
        lambda: me.get("/v1/me/tier/history"),
        lambda: me.get("/v1/me/plan-requests"),
        lambda: me.get("/v1/me/points"),
        lambda: me.get("/v1/me/points/entries", query_string={"limit": 1}),
        lambda: me.post("/v1/me/tier/reviews", json={"reason": "Please."}, headers=new_key()),
    )
    hear(
        lambda: me.get("/v1/me/consents"),
        lambda: me.put("/v1/me/consents", json={"consents": [CONSENT | {"granted": True}]}),
        lambda: me.put("/v1/me/consents", json={"consents": [CONSENT | {"granted": False}]}),
        lambda: me.get("/v1/me/consents/history"),
        lambda: me.get("/v1/me/receipts", query_string={"limit": 1}),
        lambda: me.get(f"/v1/me/receipts/{receipt}"),
        lambda: me.get(f"/v1/me/receipts/{receipt}.tlog-proof"),
        lambda: public_api.get("/evidence/checkpoint"),
        lambda: public_api.get("/evidence/tile/0/000.p/1"),
        lambda: _ask_consents(crowd.ann.id),
        lambda: me.get("/v1/me/promises", query_string={"limit": 1}),
        lambda: me.get(f"{loan}/promises", query_string={"limit": 1}),
        lambda: me.get("/v1/me/disputes", query_string={"limit": 1}),
        lambda: me.get("/v1/me/waiver-requests", query_string={"limit": 1}),
        lambda: staff.get("/v1/staff/disputes", headers=PURPOSE),
        lambda: staff.get("/v1/staff/waiver-requests", headers=PURPOSE),
        lambda: manager.get("/v1/staff/disputes"),
        lambda: manager.get("/v1/staff/waiver-requests"),
        _judge_promises,
        *credential_calls(me, public_api, session),
    )
    first = me.get("/v1/me/loans", query_string={"limit": 1}).json["next_cursor"]
    hear(lambda: me.get("/v1/me/loans", query_string={"cursor": first}))
    hear(
        lambda: staff.get("/v1/staff/borrowers", query_string={"q": "ann"}, headers=PURPOSE),
        lambda: staff.get(f"/v1/staff/borrowers/{crowd.ann.id}", headers=PURPOSE),
        lambda: staff.get(f"/v1/staff/borrowers/{crowd.ann.id}/enrolment", headers=PURPOSE),
        lambda: staff.get("/v1/tier-reviews", headers=PURPOSE),
        lambda: staff.get("/v1/staff/plan-requests", headers=PURPOSE),
        lambda: staff.get("/v1/staff/plan-requests?state=rejected", headers=PURPOSE),
        lambda: manager.get("/v1/staff/borrowers", query_string={"q": "ann"}),
        lambda: manager.get(f"/v1/staff/borrowers/{crowd.ann.id}"),
        lambda: manager.get("/v1/staff/assignments"),
        lambda: manager.get("/v1/tier-reviews"),
        lambda: staff.put(
            f"/v1/staff/borrowers/{crowd.bea.id}/assignment", json={"staff_id": str(manager.id)}
        ),
        *metric_calls(staff),
        *evidence_calls(staff, external_id=crowd.ann.external_id),
        lambda: me.get("/v1/me/contacts", query_string={"limit": 1}),
        lambda: me.get("/v1/me/contacts.csv"),
        lambda: me.get("/v1/me/contact-windows"),
        lambda: me.call("PUT", "/v1/me/contact-windows", json={"agreed": [["22:00", "23:00"]]}),
        lambda: manager.post(
            "/v1/staff/contact-check", json=REACHING | {"borrower_id": str(crowd.ann.id)}
        ),
        lambda: me.get("/v1/me/procedures"),
        lambda: staff.get(f"/v1/staff/borrowers/{crowd.ann.id}/contacts", headers=PURPOSE),
        lambda: staff.get("/v1/staff/procedures?state=replied", headers=PURPOSE),
        lambda: manager.get("/v1/staff/procedures"),
        lambda: manager.get("/v1/staff/work-list"),
        lambda: manager.get("/v1/staff/work-list/next"),
        lambda: staff.post(
            "/v1/staff/assignments",
            json={"staff_id": str(manager.id), "borrower_ids": [str(crowd.bea.id)]},
            headers=new_key(),
        ),
        lambda: staff.post(
            "/v1/staff/assignments",
            json={"staff_id": str(manager.id), "from_staff_id": str(manager.id)},
            headers=new_key(),
        ),
        lambda: manager.post(
            f"/v1/staff/borrowers/{crowd.ann.id}/contacts",
            json={"at": "2026-11-22T06:00:00Z", "channel": "call", "kind": "attempt"},
            headers=new_key(),
        ),
    )
    hear(*_log_in(public_api, process, session, crowd.ann.id))
    hear(*_machines(public_api, staff_api("admin"), session))
    hear(*_ingest(client_api))
    hear(*webhook_calls(client_api, staff_api("admin")))
    hear(deliver)
    low, high = _range(session)
    hear(lambda: _retier(crowd.ann.id, low=low, high=high))
    hear(lambda: _move_points(crowd.ann.id))
    hear(_tidy)
    assert plans.explained > 60
    assert not plans.faults, "\n".join(plans.faults)


def _log_in(api, process, session, borrower_id):
    """Codes, and a session's whole life; every one but the last is somebody else's."""
    challenge = auth.request_code(
        session, phone="+8613900004711", address="192.0.2.1", per_day=9, now=clock.wall()
    )
    opened = [
        auth.open_session(
            session,
            process.token_keys,
            audience="borrower",
            subject_id=borrower_id,
            amr=["sms"],
            label=None,
            now=clock.wall(),
        )
        for _ in range(3)
    ]
    lost = auth.read_token(process.token_keys, opened[1].access_token).session_id
    session.commit()
    own = bearer(opened[0].access_token)
    shown = {"challenge_id": str(challenge.challenge_id), "code": challenge.code}
    return (
        lambda: api.post("/v1/auth/otp", json={"phone": "+86 139 0000 4711"}),
        lambda: api.post("/v1/auth/otp/verify", json=shown),
        lambda: api.post("/v1/auth/refresh", json={"refresh_token": opened[0].refresh_token}),
        lambda: api.get("/v1/me/sessions", headers=own),
        lambda: api.delete(f"/v1/me/sessions/{lost}", headers=own),
        lambda: api.delete("/v1/me/sessions", headers=own),
        lambda: api.post("/v1/auth/logout", headers=own),
    )


def _machines(public_api, desk, session):
    """A machine's way in, and the lender's own token."""
    session.commit()
    body = {"name": "planned", "scopes": ["ingest.read"]}
    made = desk.post("/v1/clients", json=body).json
    form = {"grant_type": "client_credentials"} | {
        name: made[name] for name in ("client_id", "client_secret")
    }
    now = clock.wall()
    assertion = auth.Assertion("https://l.test", "plan-1", "ann", now + timedelta(minutes=1))

    def exchange() -> None:
        with transaction() as own:
            auth.use_assertion(own, assertion=assertion, now=now)
            auth.purge_assertions(own, now=now)

    return (
        lambda: public_api.post("/v1/auth/token", data=form),
        lambda: desk.get("/v1/clients"),
        exchange,
    )


def _ingest(api):
    day = str(TODAY)
    payment = {"loan_external_id": "ann-loan", "amount_minor": 5, "received_on": day}
    line = {"kind": "payment", **payment, "external_id": "plan-3"}
    headers = {"Content-Type": "application/x-ndjson"}
    return (
        lambda: api.post("/v1/ingest/payments", json=payment | {"external_id": "plan-1"}),
        lambda: api.post("/v1/ingest/payments/plan-1/reversal", json={"reason": "Bounced."}),
        lambda: api.put(
            "/v1/ingest/borrowers/ann",
            json={"locale": "en", "timezone": "Asia/Shanghai", "phone": "+86 139 0000 4720"},
        ),
        lambda: api.post(
            "/v1/ingest/adjustments",
            json={
                "external_id": "plan-2",
                "loan_external_id": "ann-loan",
                "kind": "fee",
                "amount_minor": 5,
                "on": day,
            },
        ),
        lambda: api.put(
            "/v1/ingest/loans/ann-card/delinquency",
            json={"days_past_due": 9, "as_of": day, "activity": "none"},
        ),
        lambda: api.put(
            "/v1/ingest/loans/ann-card/statements/2026-11",
            json={"closed_on": day, "due_on": day, "balance_minor": 7},
        ),
        lambda: api.post("/v1/ingest/batch", data=orjson.dumps(line), headers=headers),
        lambda: api.post(
            "/v1/ingest/batch?backfill=true",
            data=orjson.dumps(line | {"external_id": "plan-4"}),
            headers=headers,
        ),
    )


def _range(session) -> list[UUID]:
    ids = text("SELECT new_id FROM copy ORDER BY 1 LIMIT 2000")
    found = session.execute(ids).scalars().all()
    return [found[0], found[-1]]


def _retier(borrower_id: UUID, *, low: UUID, high: UUID) -> None:
    occasion = Occasion(today=TODAY, now=NOW, cause="test")
    with transaction() as session:
        loaded = get_live(session)
        retier(session, borrower_ids=[borrower_id], loaded=loaded, occasion=occasion)
        retier_range(session, from_id=low, to_id=high, loaded=loaded, occasion=occasion)


def _judge_promises() -> None:
    """A chunk of the night, from the middle."""
    after = (UUID(int=2**127), UUID(int=0))
    with transaction() as session:
        chunk = promises.list_after(session, after=after, since=TODAY, limit=500)
        keys = {(borrower_id, loan_id) for borrower_id, loan_id, _ in chunk}
        assert len(keys) == 500
        judge_loans(session, keys=keys, now=NOW)


def _ask_consents(borrower_id: UUID) -> None:
    with transaction() as session:
        consents.is_granted(session, borrower_id=borrower_id, purpose=Purpose.MARKETING)
        may = consents.granted_to(Borrower.id, purpose=Purpose.MARKETING)
        session.execute(select(Borrower.id).where(Borrower.id == borrower_id, may))


def _earn(session, borrower_id: UUID, *, points: int) -> None:
    points_service.earn(
        session,
        borrower_id=borrower_id,
        points=points,
        source=points_service.Source("referral", new_id()),
        cause=CAUSE,
        now=NOW,
    )


def _move_points(borrower_id: UUID) -> None:
    """Every verb, and a chunk of each night's work."""
    mine: dict[str, Any] = {"borrower_id": borrower_id, "cause": CAUSE, "now": NOW}
    tomorrow = NOW + timedelta(days=1)
    with transaction() as session:
        _earn(session, borrower_id, points=10)
        spent = points_service.spend(session, points=5, **mine)
        points_service.reverse(session, number=spent, **mine)
        points_service.reverse(session, number=1, **mine)
        points_service.claw_back(session, points=1, **mine)
        ends = (points_service.capture, points_service.release)
        for end in ends:
            held = points_service.hold(session, points=5, deadline_at=tomorrow, **mine)
            end(session, number=held, **mine)
        points_service.release_overdue(session, now=NOW, limit=100)
        day = expiry_of(TODAY)
        points_service.next_due_day(session, today=day + timedelta(days=1))
        chunk: dict[str, Any] = {"after": borrower_id, "limit": 100, "now": NOW}
        points_service.announce_expiring(session, expires_on=day, **chunk)
        points_service.expire_chunk(session, expired_on=day, **chunk)


def _tidy() -> None:
    with transaction() as session:
        delivery.purge_delivered(session)
        delivery.list_parked(session, limit=100)
        delivery.count_open(session)
        idempotency.purge_answers(session)
        jobs.list_latest(session, jobs=["re-tier"])
        purge.purge_sessions(session, now=clock.wall())
        purge.purge_challenges(session, now=clock.wall())
        revocations.purge(session, now=clock.wall())
        procedures.end_silences_unnoticed(session, today=TODAY, now=NOW, limit=100)
        revocations.Copy().is_revoked([], issued_at=NOW)
