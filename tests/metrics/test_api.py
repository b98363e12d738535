"""`GET /v1/metrics/programme`: the same figures as JSON."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.events.contacts import Purpose
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.metrics import jobs
from backend.staff.rules import Role
from notifications.deliveries import service as deliveries
from notifications.deliveries.models import NotificationDelivery
from tests.clock import NOW, TODAY
from tests.factories.devices import make_device
from tests.factories.notifications import make_intent
from tests.factories.plans import open_case, plan_of
from tests.factories.points import give, make_member
from tests.tiers.standing import make_late

PATH = "/v1/metrics/programme"


def count_today():
    jobs.count_daily(JobContext(TODAY, NOW, run_id=new_id(), heartbeat=lambda: None))


def figures(answer):
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json["figures"]}


def test_figures_come_with_their_days_parts_and_words(session, staff_api):
    make_late(session, 10)
    count_today()

    answer = staff_api("auditor").get(PATH)

    tiers = figures(answer)["tiers"]
    assert tiers["text"] == "Borrowers by tier"
    assert tiers["parts"] == [{"part": "potential", "text": "Potential"}]
    assert [(day["on"], day["total"], day["parts"]) for day in tiers["days"]][-1] == (
        str(TODAY),
        1,
        {"potential": 1},
    )
    assert answer.json["to"] == str(TODAY)
    assert answer.json["from"] == str(TODAY - timedelta(days=29))
    assert figures(answer)["reminders"]["measure"] == "flow"


def test_figures_are_read_in_the_readers_language(session, staff_api):
    count_today()

    answer = staff_api("marketer").get(PATH, headers={"Accept-Language": "zh-CN"})

    assert figures(answer)["points_owed"]["text"] == "积分负债"


@pytest.mark.parametrize(
    "asked", [{"from": "2020-01-01"}, {"from": str(TODAY), "to": str(TODAY - timedelta(days=1))}]
)
def test_a_span_is_bounded_and_in_order(staff_api, asked):
    answer = staff_api("auditor").get(PATH, query_string=asked)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/from"


@pytest.mark.parametrize("role", sorted(Role))
def test_all_of_the_office_but_moderators_may_look(staff_api, role):
    expected = 403 if "moderator" in role else 200

    assert staff_api(role).get(PATH).status_code == expected


def test_nobody_stands_in_the_figures(session, staff_api):
    borrower_id = make_late(session, 10)
    count_today()

    assert str(borrower_id) not in staff_api("admin").get(PATH).text


def test_plan_requests_are_counted_by_state(session, staff_api, borrower_api, client_api):
    case = open_case(session, borrower_api, client_api)
    plan_of(session, case.borrower_id, case.loan_id)
    count_today()

    found = figures(staff_api("risk_officer").get(PATH))

    assert found["plan_requests"]["days"][-1]["parts"] == {"offered": 1}
    assert found["plan_requests"]["parts"] == [{"part": "offered", "text": "Offered to her"}]
    # It is hers to move: nobody waits for us.
    assert found["plan_waits"]["days"][-1]["total"] == 0


def test_what_reminders_did_is_counted_by_the_reminder(session, staff_api):
    borrower_id = make_late(session, 10)
    make_device(session, borrower_id, installation_id="rings", address="of-hers")
    for _ in range(3):
        make_intent(session, borrower_id=borrower_id, purpose=Purpose.REMINDER)
    session.flush()
    deliveries.plan_due(session, now=NOW)
    some = session.execute(select(NotificationDelivery.id)).scalars().all()
    assert len(some) == 3
    for delivery_id, state in zip(some, ("accepted", "prevented"), strict=False):
        session.execute(
            update(NotificationDelivery)
            .where(NotificationDelivery.id == delivery_id)
            .values(state=state, why="paid", done_at=NOW)
        )
    count_today()

    found = figures(staff_api("risk_officer").get(PATH))

    assert found["reminders"]["days"][-1]["parts"] == {"planned": 3, "sent": 1, "prevented": 1}
    assert found["reminders_open"]["days"][-1]["parts"] == {"waiting": 1}


def test_what_points_are_owed_was_owed_on_past_days_too(session, staff_api):
    _, borrower_id = make_member(session)
    for days, points in ((3, 50), (1, 20)):
        give(session, borrower_id, points, now=NOW - timedelta(days=days))
    count_today()

    days = figures(staff_api("admin").get(PATH))["points_owed"]["days"]

    assert [day["total"] for day in days[-5:]] == [0, 50, 50, 70, 70]
