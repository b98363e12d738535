"""Facts that another feature tells are kept in the order in which they were said."""

from sqlalchemy import select

from backend.events.hardship import HardshipChanged
from backend.kit.outbox import EventRow, Recorded
from backend.profile import queries, service
from backend.profile.models import FactChange, Profile
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower


def settled(session) -> list[int]:
    rows = session.execute(
        select(EventRow.payload).where(EventRow.name == "FactsChanged").order_by(EventRow.seq)
    )
    return sorted(row.payload["cause_seq"] for row in rows)


def test_an_older_word_of_relief_is_history_only(session):
    """Deliveries of one handler may come in any order."""
    ann = make_borrower(session)
    for seq, active in ((5, True), (9, False), (7, True)):
        event = HardshipChanged(ann, NOW, is_active=active)
        told = [(Recorded(seq=seq, event=event, recorded_at=NOW), active)]
        service.put_told(session, fact="hardship_active", told=told, now=NOW)
    query = select(Profile.hardship_active).where(Profile.borrower_id == ann)
    assert session.execute(query).scalar_one() is False
    # All is kept, in the order in which it was said, and told of.
    at = {"borrower_id": ann, "at": NOW, "today": TODAY}
    seen = [queries.get_facts_at(session, seq=seq, **at) for seq in (5, 7, 9)]
    assert [each["hardship_active"] for each in seen] == [True, True, False]
    assert settled(session) == [5, 7, 9]


def test_of_words_of_relief_absorbed_together_the_last_counts_and_each_is_kept(session):
    ann = make_borrower(session)
    told = [
        (Recorded(seq=seq, event=HardshipChanged(ann, NOW, is_active=active),
                  recorded_at=NOW), active)
        for seq, active in ((9, False), (5, True))
    ]  # fmt: skip
    service.put_told(session, fact="hardship_active", told=told, now=NOW)
    query = (
        select(FactChange.event_seq, FactChange.value)
        .where(FactChange.fact == "hardship_active")
        .order_by(FactChange.event_seq)
    )
    assert [tuple(row) for row in session.execute(query)] == [(5, True), (9, False)]
    her = select(Profile.hardship_active).where(Profile.borrower_id == ann)
    assert session.execute(her).scalar_one() is False
    assert settled(session) == [5, 9]
