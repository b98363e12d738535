"""An account manager's day in the console: whom to talk to, who she is, may she be reached."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.borrowers.models import AccessLog
from backend.contacts.models import ContactEntry
from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.viewers import make_assignment

LIST = "/console/borrowers"


@pytest.fixture
def manager(console_client):
    return console_client("account_manager")


@pytest.fixture
def ana(session, manager):
    """Late by nine days, and looked after by the manager."""
    borrower_id = make_borrower(session, external_id="ana", name="Ana Lee")
    rows = make_installments(first_due_on=TODAY - timedelta(days=9))
    make_loan(session, borrower="ana", installments=rows)
    make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
    session.commit()
    return borrower_id


@pytest.fixture
def stranger_to_her(session):
    """A borrower of somebody else."""
    borrower_id = make_borrower(session, external_id="bo", name="Bo Chen")
    session.commit()
    return borrower_id


def looks(session, borrower_id):
    rows = session.execute(
        select(AccessLog.what, AccessLog.purpose).where(AccessLog.borrower_id == borrower_id)
    )
    return [tuple(row) for row in rows]


def test_the_work_list_says_who_is_next_and_why(manager, ana, session):
    page = manager.get("/console/work")
    assert page.status_code == 200, page.text
    assert "Ana Lee" in page.text
    assert "She is late, and nothing is agreed yet." in page.text
    assert f"/console/borrowers/{ana}/contacts" in page.text
    assert ("work list", "account_care") in looks(session, ana)


def test_the_work_list_is_filtered_by_what_is_open(manager, ana):
    assert "Ana Lee" in manager.get("/console/work?kind=arrears").text
    assert "Ana Lee" not in manager.get("/console/work?kind=help").text
    assert manager.get("/console/work?kind=nonsense").status_code == 422


def test_a_search_is_written_down_with_its_purpose(manager, ana, session):
    page = manager.post(LIST, {"q": "ana", "purpose": "complaint"})
    assert page.status_code == 200
    assert f"/console/borrowers/{ana}?purpose=complaint" in page.text
    assert ("search", "complaint") in looks(session, ana)


def test_a_search_without_a_purpose_shows_nobody(manager, ana, session):
    page = manager.post(LIST, {"q": "ana"})
    assert page.status_code == 422
    assert str(ana) not in page.text
    assert looks(session, ana) == []


def test_a_manager_finds_and_opens_her_own_borrowers_alone(manager, stranger_to_her, session):
    found = manager.post(LIST, {"q": "bo", "purpose": "account_care"})
    assert str(stranger_to_her) not in found.text
    for path in ("", "/contacts"):
        assert manager.get(f"{LIST}/{stranger_to_her}{path}").status_code == 404
    assert looks(session, stranger_to_her) == []


def test_the_whole_picture_shows_loans_facts_and_cases(manager, ana, session, deliver):
    deliver()
    page = manager.get(f"{LIST}/{ana}")
    assert page.status_code == 200, page.text
    for words in ("Ana Lee", "A loan is late.", "Days past due", "9 days", "Counted to today"):
        assert words in page.text
    assert ("profile", "account_care") in looks(session, ana)


def test_who_sees_everybody_says_why_first(console_client, ana, session):
    officer = console_client("risk_officer")
    asked = officer.get(f"{LIST}/{ana}")
    assert "Ana Lee" not in asked.text
    assert looks(session, ana) == []
    answer = officer.post(
        f"{LIST}/{ana}/purpose", {"purpose": "audit", "next": f"{LIST}/{ana}/contacts"}
    )
    assert answer.headers["Location"].endswith(f"{LIST}/{ana}/contacts")
    assert officer.follow(answer).status_code == 200
    assert looks(session, ana) == [("contacts", "audit")]
    assert "Ana Lee" in officer.get(f"{LIST}/{ana}").text
    assert looks(session, ana)[-1] == ("profile", "audit")


def test_the_way_on_after_a_purpose_stays_in_the_console(console_client, ana):
    officer = console_client("risk_officer")
    for elsewhere in ("https://elsewhere.test/", "//elsewhere.test", "/v1/me"):
        answer = officer.post(f"{LIST}/{ana}/purpose", {"purpose": "audit", "next": elsewhere})
        assert answer.headers["Location"] == "/console"


def test_a_word_that_is_no_purpose_opens_nothing(console_client, ana, session):
    officer = console_client("risk_officer")
    assert "Ana Lee" not in officer.get(f"{LIST}/{ana}?purpose=curiosity").text
    assert looks(session, ana) == []


def test_the_lender_gives_her_an_account_manager(console_client, ana, session):
    officer, other = console_client("risk_officer"), console_client("account_manager")
    session.commit()
    answer = officer.post(f"{LIST}/{ana}/assignment", {"staff_id": str(other.id)})
    assert answer.status_code == 303
    assert other.get(f"{LIST}/{ana}").status_code == 200
    officer.post(f"{LIST}/{ana}/assignment/end")
    assert other.get(f"{LIST}/{ana}").status_code == 404


def test_what_is_allowed_now_stands_beside_each_channel(manager, ana):
    page = manager.get(f"{LIST}/{ana}/contacts")
    assert page.status_code == 200, page.text
    assert "It is 2026-11-23 14:00 for her (Asia/Shanghai)." in page.text
    with clock.fixed(NOW.replace(hour=15)):
        late = manager.get(f"{LIST}/{ana}/contacts?channel=call&about=collection")
    assert "Do not reach her so now." in late.text
    assert "CN.hours" in late.text
    assert "from 2026-11-24 08:00 her time" in late.text


def test_a_contact_is_written_down_once(manager, ana, session):
    form = {
        "idempotency_key": "one-call",
        "channel": "call",
        "what": "conversation:promised",
        "at": "2026-11-23T13:30",
        "note": "<script>alert(1)</script>",
    }
    first = manager.post(f"{LIST}/{ana}/contacts", form)
    assert first.status_code == 303, first.text
    assert manager.post(f"{LIST}/{ana}/contacts", form).status_code == 303
    (entry,) = session.execute(select(ContactEntry.__table__)).all()
    assert (entry.kind, entry.outcome, entry.staff_id) == ("conversation", "promised", manager.id)
    assert entry.at == NOW - timedelta(minutes=30)
    page = manager.get(f"{LIST}/{ana}/contacts").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_contact_that_is_still_to_come_is_refused(manager, ana, session):
    form = {
        "idempotency_key": "too-soon",
        "channel": "call",
        "what": "attempt:busy",
        "at": "2026-11-23T18:00",
    }
    page = manager.post(f"{LIST}/{ana}/contacts", form)
    assert page.status_code == 422
    assert 'href="#f-at"' in page.text
    assert session.execute(select(ContactEntry.id)).all() == []


def test_who_may_not_write_contacts_sees_the_ledger_alone(console_client, ana):
    officer = console_client("risk_officer")
    page = officer.get(f"{LIST}/{ana}/contacts?purpose=audit")
    assert page.status_code == 200
    assert "What is allowed now" not in page.text
    form = {
        "idempotency_key": "k",
        "channel": "call",
        "what": "attempt:busy",
        "at": "2026-11-23T10:00",
    }
    assert officer.post(f"{LIST}/{ana}/contacts", form).status_code == 403


def test_every_page_reads_in_chinese(manager, ana):
    manager.client.set_cookie("goodfaith_language", "zh-CN")
    manager.client.set_cookie("__Host-goodfaith_language", "zh-CN", secure=True)
    assert "下一位" in manager.get("/console/work").text
    assert "总览" in manager.get(f"{LIST}/{ana}").text
    assert "当前是否允许" in manager.get(f"{LIST}/{ana}/contacts").text


def test_what_is_only_put_off_says_until_when(manager, ana):
    with clock.fixed(NOW.replace(hour=13)):  # 21:00 for her: the law would allow it
        page = manager.get(f"{LIST}/{ana}/contacts?channel=call&about=collection")
    assert "The law allows it; our own rules would rather wait." in page.text
    assert "OWN.hours" in page.text
    assert "from 2026-11-24 09:00 her time" in page.text


def test_the_first_page_counts_whom_she_has_to_see(manager, ana):
    page = manager.get("/console")
    assert "Work list" in page.text
    assert 'href="/console/work"' in page.text


def test_a_name_is_text_wherever_it_stands(manager, session):
    name = "<img src=x onerror=alert(1)>"
    borrower_id = make_borrower(session, external_id="odd", name=name)
    make_loan(session, borrower="odd", installments=make_installments(first_due_on=TODAY))
    make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
    session.commit()
    own = f"{LIST}/{borrower_id}"
    with clock.fixed(NOW + timedelta(days=9)):
        pages = [manager.get(path) for path in (LIST, own, f"{own}/contacts", "/console/work")]
        pages.append(manager.post(LIST, {"q": name, "purpose": "account_care"}))
    for page in pages:
        assert page.status_code == 200
        assert "&lt;img src=x" in page.text
        assert "<img" not in page.text
