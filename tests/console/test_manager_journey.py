"""A plan is asked for over the interface, decided in a browser, and read by her over it again."""

import pytest

from backend.app import handlers
from backend.auth.rules import CLIENT_SCOPES
from backend.kit import clock, delivery
from tests.clock import NOW, TODAY
from tests.factories.cases import dispute_of, waiver_request_of
from tests.factories.clients import make_client
from tests.factories.contacts import make_contact
from tests.factories.documents import make_document
from tests.factories.hardship import make_application
from tests.factories.plans import open_case, run_night
from tests.factories.viewers import make_assignment
from tests.fixtures.api import Api, bearer, new_key, token_for

WORDS = {
    "text-en": "Small payments for three months give you room.",
    "text-zh-CN": "三个月的小额还款能让您缓一缓。",
}


@pytest.fixture(scope="module")
def manager(desk):
    """Her page, logged in by the form."""
    return desk.of("account_manager")


@pytest.fixture(scope="module")
def apis(console_server, settings):
    """Speaks as a borrower, and as the core system, to the application that the browser sees."""

    def speak(session, audience, subject_id, **claims):
        token = token_for(settings, audience=audience, subject_id=subject_id, **claims)
        client = console_server.app.test_client()
        return Api(client=client, session=session, headers=bearer(token), id=subject_id)

    return speak


def _deliver():
    """As the worker would; this module's database is the process's."""
    return sum(delivery.deliver_batch(each, now=clock.now()) for each in handlers())


@pytest.fixture(scope="module")
def asked(console_server, desk, manager, apis):
    """A borrower of hers asked for a plan, in words that are no markup. Answers case and plan."""
    with clock.fixed(NOW), console_server.session() as session:
        client_id = make_client(session)
        session.commit()
        core = apis(session, "client", client_id, scopes=sorted(CLIENT_SCOPES))
        case = open_case(session, lambda who: apis(session, "borrower", who), core)
        staff_id = desk.colleagues[manager].id
        make_assignment(session, staff_id=staff_id, borrower_id=case.borrower_id)
        make_application(session, case.borrower_id)
        make_document(session, case.borrower_id)
        make_contact(session, case.borrower_id, kind="conversation", outcome="promised", days_ago=9)
        case.dispute = dispute_of(session, case.borrower_id, loan_id=str(case.loan_id))
        case.waiver = waiver_request_of(session, case.borrower_id, loan_id=str(case.loan_id))
        session.commit()
        name = {"name": "Ana Lee", "locale": "en", "timezone": "Asia/Shanghai"}
        means = {"monthly_income_minor": 800_000, "income_verified": True}
        told = core.put(f"/v1/ingest/borrowers/{case.borrower}", json=name | means)
        assert told.status_code == 200, told.json
        answer = case.api.post(
            "/v1/me/plan-requests",
            json={
                "quote_id": case.quote("move_due_day", due_day=15),
                "reason": "job_loss",
                "message": "<script>document.title = 'taken'</script> Since October.",
            },
            headers=new_key(),
        )
        assert answer.json["state"] == "under_review", answer.json
        run_night(_deliver, TODAY)
        yield case, answer.json["id"]


def test_a_manager_decides_a_plan_and_she_reads_the_offer(manager, desk, asked):
    case, plan = asked
    page = manager
    page.goto("/console/work")
    desk.look(page, "work-list")
    page.goto("/console/plan-requests")
    desk.look(page, "plan-requests")
    page.get_by_role("link", name="Another due day").click()
    page.get_by_text("Since October.").wait_for()
    assert "taken" not in page.title()
    desk.look(page, "plan-decision")
    desk.look(page, "plan-decision", dark=True)
    page.get_by_label("Offer another option").check()
    page.get_by_label("Small payments for a while:").check()
    for name, words in WORDS.items():
        page.fill(f"#f-{name}", words)
    page.get_by_role("button", name="Decide and tell her").click()
    page.get_by_text("Decided. She can read it now.").wait_for()
    seen = case.see(plan)
    assert (seen["state"], seen["kind"]) == ("offered", "token_payment")
    assert seen["decisions"][0]["reasons"][0]["text"] == WORDS["text-en"]
    assert case.act(plan, "accept").status_code == 200


def test_every_page_about_her_is_whole(manager, desk, asked):
    case, _ = asked
    own = f"/console/borrowers/{case.borrower_id}"
    hardship = case.api.get("/v1/me/hardship-applications").json["items"][0]["id"]
    pages = {
        "/console/borrowers": "borrowers",
        own: "borrower",
        f"{own}/purpose": "purpose",
        f"{own}/contacts?channel=call&about=care": "contacts",
        f"{own}/documents": "documents",
        f"{own}/promises": "promises",
        f"{own}/hardship/{hardship}": "hardship-case",
        f"{own}/disputes/{case.dispute}": "dispute-case",
        f"{own}/waivers/{case.waiver}": "waiver-case",
        "/console/waivers": "waivers",
        "/console/hardship": "hardship",
        "/console/disputes": "disputes",
    }
    for path, name in pages.items():
        answer = manager.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        desk.look(manager, name)
    manager.goto(own)
    desk.look(manager, "borrower", dark=True)


def test_a_contact_is_checked_and_then_written_down(manager, asked):
    case, _ = asked
    page = manager
    page.goto(f"/console/borrowers/{case.borrower_id}/contacts")
    page.select_option("#f-channel", "call")
    page.select_option("#f-about", "care")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("You may reach her.").wait_for()
    page.select_option("#f-what", "conversation:asked_for_help")
    page.fill("#f-note", "Her daughter is ill.")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("Written down.").wait_for()
    (newest, *_) = case.api.get("/v1/me/contacts").json["items"]
    assert (newest["channel"], newest["outcome"]) == ("call", "asked_for_help")
    assert "note" not in newest
    assert newest["at"][:16] == NOW.isoformat()[:16]


def test_a_refusal_leads_to_its_field(manager, asked):
    case, _ = asked
    page = manager
    page.goto(f"/console/borrowers/{case.borrower_id}/promises")
    page.fill("#f-amount", "much")
    page.get_by_role("button", name="Note it").click()
    page.locator(".problem a").first.click()
    assert page.evaluate("document.activeElement.id || location.hash") in ("f-amount", "#f-amount")
