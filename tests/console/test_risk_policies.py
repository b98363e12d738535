"""Tier policies in the console: written in sentences, tried on everybody, published by another."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from sqlalchemy import func, select

from backend.borrowers.models import AccessLog
from backend.tiers import own_tier, policies
from backend.tiers.models import TierPolicy
from tests.tiers.standing import make_late

URL = "/console/tier-policies"


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests():
    policies.forget()
    own_tier.forget()
    yield
    policies.forget()
    own_tier.forget()


class Form(HTMLParser):
    """The fields of a page's policy form, as a browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.area, self.select, self.is_in = {}, None, None, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        got = dict(attrs)
        if tag == "form":
            self.is_in = got.get("class") == "policy"
        if not self.is_in:
            return
        if tag == "input" and (got.get("type") != "checkbox" or "checked" in got):
            self.fields[got["name"]] = got.get("value") or ""
        if tag == "textarea":
            self.area = got["name"]
            self.fields[self.area] = ""
        if tag == "select":
            self.select = got["name"]
            self.fields[self.select] = ""
        if tag == "option" and "selected" in got:
            self.fields[self.select] = got["value"]

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_in = False
        if tag == "textarea" and self.area:
            # A browser leaves out the line break after the tag.
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data


def form_of(answer, **changes):
    assert answer.status_code in (200, 422), answer.text
    fields = Form(answer.text).fields
    fields.pop("csrf")
    return fields | changes


def written(session):
    return session.execute(select(func.max(TierPolicy.version))).scalar_one()


@pytest.fixture
def author(console_client):
    return console_client("risk_officer")


@pytest.fixture
def publisher(console_client):
    return console_client("risk_officer")


def test_versions_are_listed_with_the_live_one(author):
    page = author.get(URL)

    assert page.status_code == 200, page.text
    assert f'href="{URL}/1"' in page.text
    assert "state good" in page.text
    assert "No run yet." in page.text


def test_a_version_is_read_in_sentences_of_both_languages(author):
    page = unescape(author.get(f"{URL}/1").text)
    assert "is between 31 and 90 days" in page
    assert "everybody else." in page

    author.post("/console/preferences", data={"language": "zh-CN"})

    assert "介于 31 与 90 天" in author.get(f"{URL}/1").text


def test_two_people_change_the_policy(author, publisher, session):
    form = form_of(author.get(f"{URL}/new"), note="Ten days of grace.")
    kept = author.post(f"{URL}/save", data=form | {"demotion_grace_days": "10"})
    version = written(session)
    assert kept.headers["Location"] == f"{URL}/{version}"
    own = author.get(f"{URL}/{version}").text
    assert "somebody else publishes it" in own
    assert f"{URL}/{version}/publish" not in own
    other = publisher.get(f"{URL}/{version}")
    assert "10 days of grace" in other.text
    assert "What changes from version 1" in other.text
    token = re.search(r'name="idempotency_key" value="([^"]+)"', other.text)[1]

    refused = author.post(f"{URL}/{version}/publish", data={"idempotency_key": token})
    published = publisher.post(f"{URL}/{version}/publish", data={"idempotency_key": token})

    assert refused.status_code == 403, refused.text
    assert 'role="alert"' in refused.text
    assert published.headers["Location"] == f"{URL}/{version}"
    row = session.get(TierPolicy, version)
    assert (row.state, row.author_id, row.publisher_id) == ("published", author.id, publisher.id)
    assert row.document["demotion_grace_days"] == 10
    first = session.get(TierPolicy, 1).document
    assert row.document["tiers"] == first["tiers"]
    assert row.document["scorecards"] == first["scorecards"]
    assert f"Version {version} is live." in publisher.get(f"{URL}/{version}").text


def test_a_form_that_is_sent_twice_keeps_one_draft(author, session):
    form = form_of(author.get(f"{URL}/new"))
    before = written(session)

    for _ in range(2):
        assert author.post(f"{URL}/save", data=form).status_code == 303

    assert written(session) == before + 1


def test_trying_shows_counts_moves_and_samples_in_both_languages(author, session):
    for days in (0, 0, 10, 40, 95):
        make_late(session, days)
    form = form_of(author.get(f"{URL}/new"))
    place = next(
        name.rpartition(".")[0]
        for name, value in form.items()
        if value == "1, 30" and name.startswith("tiers.3.")
    )

    tried = author.post(f"{URL}/preview", data=form | {f"{place}.value": "1, 50"})

    page = unescape(tried.text)
    assert tried.status_code == 200, page
    assert "among 5 borrowers" in page
    matrix = page.partition('<table class="matrix">')[2].partition("</table>")[0]
    assert matrix.count("<tr>") == 6
    assert "heat-4" in matrix
    assert "Days past due: " in page
    assert "逾期天数：" in page
    looks = session.execute(select(func.count()).where(AccessLog.staff_id == author.id))
    assert looks.scalar_one() == 5
    # What was tried is still in the form.
    assert form_of(tried)[f"{place}.value"] == "1, 50"
    assert written(session) == 1


def test_only_a_product_is_tried_where_one_is_named(author, session):
    make_late(session, 10)
    form = form_of(author.get(f"{URL}/new"), product="nothing-like-it")

    page = author.post(f"{URL}/preview", data=form).text

    assert "among 0 borrowers" in page


def test_a_fault_is_told_at_its_field(author, session):
    form = form_of(author.get(f"{URL}/new"))
    field = next(name for name, value in form.items() if value == "31, 90")

    for act in ("preview", "save"):
        answer = author.post(f"{URL}/{act}", data=form | {field: "many", "tiers.0.rank": "x"})

        assert answer.status_code == 422
        assert 'href="#f-tiers-2-when"' in answer.text
        assert 'id="f-tiers-2-when"' in answer.text
        assert 'href="#f-tiers-0-rank"' in answer.text
        assert 'id="f-tiers-0-rank"' in answer.text
        assert form_of(answer)[field] == "many"
    assert written(session) == 1


def test_words_that_threaten_are_refused(author, session):
    words = {"tiers.1.about.en": "We will sue you and tell your family."}
    form = form_of(author.get(f"{URL}/new")) | words

    answer = author.post(f"{URL}/save", data=form)

    assert answer.status_code == 422
    assert 'href="#f-tiers-1-about-en"' in answer.text


@pytest.mark.parametrize(
    ("button", "field"),
    [
        ("add-tier:", "tiers.5.code"),
        ("add-group:tiers.3.when", "tiers.3.when.groups.1.mode"),
        ("add-condition:tiers.3.when.groups.0", "tiers.3.when.groups.0.conditions.1.fact"),
        ("add-band:scorecards.capacity.parts.0", "scorecards.capacity.parts.0.bands.3.points"),
    ],
)
def test_a_button_adds_a_row(author, button, field):
    form = form_of(author.get(f"{URL}/new"))

    again = form_of(author.post(f"{URL}/edit", data=form | {"press": button}))

    assert field in again


def test_experts_edit_the_document(author, session):
    form = form_of(author.get(f"{URL}/new"))
    as_document = author.post(f"{URL}/edit", data=form | {"turn": "document"})
    sent = form_of(as_document)
    assert '"demotion_grace_days": 7' in sent["document"]
    changed = sent["document"].replace('"demotion_grace_days": 7', '"demotion_grace_days": 9')

    back = author.post(f"{URL}/edit", data=sent | {"document": changed, "turn": "sentences"})
    assert form_of(back)["demotion_grace_days"] == "9"
    kept = author.post(f"{URL}/save", data=sent | {"document": changed})

    assert kept.status_code == 303
    row = session.get(TierPolicy, written(session))
    assert row.document == session.get(TierPolicy, 1).document | {"demotion_grace_days": 9}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{", "This is not JSON: line 1, column 2."),
        ("[]", 'Must be an object with "tiers".'),
        ('{"tiers": [1]}', 'Must be an object with "tiers".'),
        ('{"tiers": [], "scorecards": {"value": {"parts": 3}}}', 'Must be an object with "tiers".'),
        ('{"tiers": [{"code": "one", "when": {"fact": "no"}}]}', "tiers/0/when"),
    ],
    ids=["broken", "list", "number", "card", "fact"],
)
def test_a_document_that_is_none_is_refused_with_its_place(author, document, told):
    form = form_of(author.get(f"{URL}/new"))
    sent = form_of(author.post(f"{URL}/edit", data=form | {"turn": "document"}))

    answer = author.post(f"{URL}/save", data=sent | {"document": document})

    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert form_of(answer)["document"].strip()


def test_auditors_read_and_do_not_write(console_client):
    auditor = console_client("auditor")

    page = auditor.get(f"{URL}/1")

    assert page.status_code == 200
    assert f"{URL}/new" not in page.text
    assert auditor.get(f"{URL}/new").status_code == 403
    for act in ("save", "preview", "1/publish", "edit"):
        assert auditor.post(f"{URL}/{act}").status_code == 403


def test_others_do_not_see_policies(console_client):
    assert console_client("marketer").get(URL).status_code == 403


def test_a_version_that_is_not_there_is_a_page(author):
    assert author.get(f"{URL}/99").status_code == 404
    assert author.get(f"{URL}/1?against=99").status_code == 404
    assert author.get(f"{URL}/new?from=99").status_code == 404
