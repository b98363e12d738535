"""The demo's campaign was run over the demo's own past before it was launched."""

from sqlalchemy import select

from backend import app
from backend.kit.wiring import DemoOffice
from backend.staff import service as staff
from backend.staff.rules import Role
from rewards.campaigns import demo
from rewards.campaigns.engine_models import CampaignReplay
from tests.badges.conftest import noon


def test_its_report_tells_of_whoever_was_there(session, payer):
    payer.begin()
    payer.pay(1, 2, 3)
    now = noon(payer.days[3])
    office = DemoOffice(
        *(
            staff.add_staff(session, email=f"{role}@demo.test", roles={role}, now=now)
            for role in (Role.MARKETER, Role.CAMPAIGN_APPROVER)
        )
    )
    demo.fill(session, office, now)

    report = session.execute(select(CampaignReplay.report)).scalar_one()
    assert report["reach"]["participants"] == 1


def test_it_is_written_once_that_past_is_settled():
    assert demo.fill in app.demo_contents_of_history()
    assert demo.fill not in app.demo_contents()
