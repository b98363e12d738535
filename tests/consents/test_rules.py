"""What her last answer is worth: pure, and the same for one borrower and for a million."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from backend.borrowers.models import Borrower
from backend.consents import queries, rules
from backend.consents.models import Consent
from backend.consents.rules import Answer, Purpose
from backend.kit.ids import new_id
from tests.architecture.test_languages import is_in_both
from tests.clock import NOW
from tests.factories.loans import make_borrower

VERSIONS_MAX = 3

purposes = st.sampled_from(Purpose)
answers = st.builds(
    Answer, version=st.integers(1, VERSIONS_MAX), granted=st.booleans(), at=st.just(NOW)
)


@pytest.fixture
def three_versions(monkeypatch):
    """Of each purpose there are three wordings, of which the first was withdrawn."""
    for purpose in Purpose:
        first = rules.VERSIONS[purpose][0]
        wordings = tuple(
            replace(first, number=number, counts=number > 1)
            for number in range(1, VERSIONS_MAX + 1)
        )
        monkeypatch.setitem(rules.VERSIONS, purpose, wordings)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_wording_is_told_in_both_languages_and_counted_from_one(purpose):
    versions = rules.VERSIONS[purpose]
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert versions[-1].counts
    for version in versions:
        for words in (version.title, version.what_is_done, version.without_it):
            assert is_in_both(words)


@given(purpose=purposes)
def test_what_was_never_spoken_of_is_off(purpose):
    assert not rules.is_granted(purpose, None)
    assert not rules.state_of(purpose, None).needs_renewal


@given(purpose=purposes, last=answers)
def test_a_no_is_a_no_whatever_its_version(purpose, last):
    refused = replace(last, granted=False)
    assert not rules.is_granted(purpose, refused)
    assert rules.state_of(purpose, refused).version is None


@given(purpose=purposes, last=answers, version=st.one_of(st.none(), st.integers(1, 9)))
def test_a_no_can_always_be_said(purpose, last, version):
    assert not rules.is_outdated(purpose, granted=False, version=version)
    stored = rules.version_to_store(purpose, last, granted=False, version=version)
    # Under the version that it takes back; to a no nothing is added.
    assert stored == (last.version if last.granted else None)


@given(purpose=purposes, last=st.one_of(st.none(), answers))
def test_what_is_said_once_is_not_written_twice(purpose, last):
    version = rules.current(purpose).number
    first = rules.version_to_store(purpose, last, granted=True, version=version)
    after = last if first is None else Answer(first, granted=True, at=NOW)
    assert rules.is_granted(purpose, after)
    assert rules.version_to_store(purpose, after, granted=True, version=version) is None


@given(history=st.lists(st.tuples(purposes, answers), max_size=12))
def test_one_question_has_one_answer_in_python_and_in_sql(session, three_versions, history):
    with session.begin_nested() as savepoint:
        ids = [make_borrower(session) for _ in range(2)]
        _write(session, ids[0], history)
        for purpose in Purpose:
            said = [answer for about, answer in history if about is purpose]
            expected = rules.is_granted(purpose, said[-1] if said else None)
            for borrower_id, is_hers in ((ids[0], expected), (ids[1], False)):
                assert (
                    queries.is_granted(session, borrower_id=borrower_id, purpose=purpose) is is_hers
                )
            audience = select(Borrower.id).where(queries.granted_to(Borrower.id, purpose=purpose))
            found = session.execute(audience.where(Borrower.id.in_(ids))).scalars().all()
            assert found == ([ids[0]] if expected else [])
        savepoint.rollback()


def _write(session, borrower_id: UUID, history) -> None:
    rows = [
        {
            "borrower_id": borrower_id,
            "id": new_id(),
            "number": number,
            "purpose": purpose,
            "version": answer.version,
            "granted": answer.granted,
            "source": "app",
            "at": answer.at,
        }
        for number, (purpose, answer) in enumerate(history, start=1)
    ]
    if rows:
        session.execute(insert(Consent), rows)
