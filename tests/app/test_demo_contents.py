"""What the demo shows beside the lender's data passes the rules that marketers are held to."""

from backend import app
from backend.kit.wiring import DemoOffice
from backend.staff import service as staff
from backend.staff.rules import Role
from tests.clock import NOW


def test_the_demo_fills_itself_once_however_often_it_is_begun(session, staff_api):
    office = DemoOffice(
        *(
            staff.add_staff(session, email=f"{role}@demo.test", roles={role}, now=NOW)
            for role in (Role.MARKETER, Role.CAMPAIGN_APPROVER)
        )
    )
    for _ in range(2):
        for fill in app.demo_contents():
            fill(session, office, NOW)

    marketer = staff_api("marketer")
    items = marketer.get("/v1/catalogue-items").json["items"]
    assert {each["kind"] for each in items} == {"voucher", "physical_gift", "lesson", "donation"}
    assert {each["state"] for each in items} == {"live"}
    assert {each["stock_left"] for each in items if each["kind"] == "voucher"} == {200}
    [version] = marketer.get("/v1/benefit-packs/next_steps").json["versions"]
    assert version["state"] == "published"
