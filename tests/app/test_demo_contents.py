"""What the demo shows beside the lender's data passes the rules that marketers are held to."""

from backend import app
from backend.kit.wiring import DemoOffice
from backend.staff import service as staff
from backend.staff.rules import Role
from tests.clock import NOW
from tests.factories.profile import make_profile


def test_the_demo_fills_itself_once_however_often_it_is_begun(session, borrower_api, staff_api):
    office = DemoOffice(
        *(
            staff.add_staff(session, email=f"{role}@demo.test", roles={role}, now=NOW)
            for role in (Role.MARKETER, Role.CAMPAIGN_APPROVER)
        )
    )
    for _ in range(2):
        for fill in (*app.demo_contents(), *app.demo_contents_of_history()):
            fill(session, office, NOW)

    own = borrower_api(make_profile(session))
    for locale in ("en", "zh-CN"):
        items = own.get("/v1/rewards", headers={"Accept-Language": locale}).json["items"]
        assert [each["kind"] for each in items] == [
            "lesson", "donation", "physical_gift", "voucher", "physical_gift",
        ]  # fmt: skip
        assert all(each["in_stock"] for each in items)
    [version] = staff_api("marketer").get("/v1/benefit-packs/next_steps").json["versions"]
    assert version["state"] == "published"
