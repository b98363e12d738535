"""The log and the overview in the console: what they show, and what they never do."""

import re
from datetime import timedelta

import pytest

from backend.evidence import service as evidence
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.metrics import jobs
from tests.clock import NOW, TODAY
from tests.factories.evidence import receipt_of
from tests.factories.loans import make_borrower
from tests.tiers.standing import make_late

LOG = "/console/evidence"


@pytest.fixture
def auditor(console_client):
    return console_client("auditor")


@pytest.fixture
def her_id(session):
    borrower_id = make_borrower(session, external_id="she-1")
    receipt_of(session, borrower_id)
    return borrower_id


def count_today(*, on=0):
    context = JobContext(
        TODAY + timedelta(days=on),
        NOW + timedelta(days=on),
        run_id=new_id(),
        heartbeat=lambda: None,
    )
    jobs.count_daily(context)


def test_entries_are_listed_and_each_is_proved(auditor, her_id):
    listed = auditor.get(LOG)
    assert listed.status_code == 200, listed.text
    assert 'href="/console/evidence/0"' in listed.text
    assert str(her_id) not in listed.text

    entry = auditor.get(f"{LOG}/0")

    assert "Everything holds." in entry.text
    assert entry.text.count("state good") == 5
    assert str(her_id) not in entry.text
    assert auditor.get(f"{LOG}?index=0").headers["Location"] == f"{LOG}/0"
    assert auditor.get(f"{LOG}?type=policy.published").text.count("No entry of that kind.") == 1


def test_searching_by_a_borrower_asks_why(auditor, her_id):
    refused = auditor.get(f"{LOG}?borrower_external_id=she-1")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "plan.decided" not in refused.text.partition("</form>")[2].partition("<table")[2]

    found = auditor.get(f"{LOG}?borrower_external_id=she-1&purpose=complaint")

    assert found.status_code == 200
    assert "<code>plan.decided</code>" in found.text
    assert "state good" in found.text


def test_a_pasted_proof_is_verified_and_an_altered_one_is_told(auditor, her_id):
    proof = auditor.get(f"{LOG}/0.tlog-proof")
    assert proof.headers["Content-Disposition"] == 'attachment; filename="entry-0.tlog-proof"'

    # A browser sends a form with CR LF.
    sent = proof.text.replace("\n", "\r\n")
    verified = auditor.post(f"{LOG}/verify", data={"receipt": sent})
    assert "Everything holds." in verified.text, verified.text
    altered = auditor.post(f"{LOG}/verify", data={"receipt": sent.replace("index 0", "index 5")})

    assert "Everything holds." not in altered.text
    assert "state bad" in altered.text
    assert auditor.post(f"{LOG}/verify", data={}).status_code == 422


def test_an_entry_of_an_erased_borrower_keeps_its_proof(auditor, her_id, session):
    evidence.erase(session, borrower_id=her_id, now=NOW)

    page = auditor.get(f"{LOG}/0").text

    assert "Everything holds." in page
    assert "Erased: nothing is left to compare" in page


def test_an_entry_that_is_not_there_is_a_page(auditor, her_id):
    answer = auditor.get(f"{LOG}/99")

    assert answer.status_code == 404
    assert "The log that was signed has no such entry." in answer.text


@pytest.mark.parametrize("path", [LOG, f"{LOG}/0", f"{LOG}/verify"])
def test_the_log_is_for_whoever_may_read_it(console_client, path):
    assert console_client("marketer").get(path).status_code == 403


def test_the_overview_shows_each_figure_as_a_chart_and_as_a_table(auditor, session):
    make_late(session, 10)
    make_late(session, 0)
    count_today()

    page = auditor.get("/console/overview").text

    assert "Borrowers by tier" in page
    charts = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    tiers = next(each for each in charts if "Borrowers by tier" in each)
    assert "<svg" in tiers
    row = f'<th scope="row">{TODAY}</th>'
    assert row in tiers
    cells = tiers.partition(row)[2].partition("</tr>")[0]
    assert cells.count(">1<") == 2
    assert '<span class="figure">2</span>' in page


@pytest.mark.parametrize("days", ["90", "365", "never"])
def test_a_longer_span_is_told_by_the_week(auditor, session, days):
    make_late(session, 10)
    for on in (-1, 0):
        count_today(on=on)

    page = auditor.get(f"/console/overview?days={days}")

    assert page.status_code == 200
    assert ("Borrowers by tier, by week" in page.text) is (days != "never")


def test_an_overview_of_nothing_says_when_there_will_be_something(console_client):
    page = console_client("marketer").get("/console/overview")

    assert "The first figures come within the hour" in page.text
    assert console_client("moderator").get("/console/overview").status_code == 403


def test_pages_are_read_in_chinese(auditor, session, her_id):
    make_late(session, 10)
    count_today()
    auditor.post("/console/preferences", data={"language": "zh-CN"})

    assert "各等级客户数" in auditor.get("/console/overview").text
    assert "全部验证通过。" in auditor.get(f"{LOG}/0").text
