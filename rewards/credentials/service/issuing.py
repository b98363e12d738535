"""Making a credential of an award, at its holder's request alone."""

from datetime import datetime
from uuid import UUID, uuid4

import orjson
from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.problems import NotFound
from rewards.badges import queries as badges
from rewards.badges.errors import AwardRevoked
from rewards.badges.rules import State
from rewards.credentials import documents, issuer, queries
from rewards.credentials.errors import TooManyCredentials
from rewards.credentials.models import Credential, CredentialLookup
from rewards.credentials.rules import ISSUES_MAX, ISSUES_WITHIN, day_of
from rewards.credentials.service import signers
from rewards.credentials.service.places import take_place


def issue(
    session: Session, *, borrower_id: UUID, award_id: UUID, now: datetime, at: datetime
) -> tuple[AnyRow, bool]:
    """Her award's valid credential, and whether it is new. `at` is the machine's time.

    Refuses: NotFound, AwardRevoked, TooManyCredentials.
    """
    award = badges.find_award_for_update(session, borrower_id=borrower_id, award_id=award_id)
    if award is None:
        raise NotFound
    if award.state != State.STANDING:
        raise AwardRevoked
    live = queries.find_live(session, borrower_id=borrower_id, award_id=award_id)
    if live is not None:
        return live, False
    _refuse_too_many(session, borrower_id=borrower_id, now=now)
    _write(session, award, now=now, at=at)
    return queries.get_live(session, borrower_id=borrower_id, award_id=award_id), True


def _refuse_too_many(session: Session, *, borrower_id: UUID, now: datetime) -> None:
    made = queries.count_issued(session, borrower_id=borrower_id, since=now - ISSUES_WITHIN)
    if made >= ISSUES_MAX:
        raise TooManyCredentials(retry_after_seconds=int(ISSUES_WITHIN.total_seconds()))


def _write(session: Session, award: AnyRow, *, now: datetime, at: datetime) -> None:
    # Random, not by time like other ids: it is an address, and must not tell when or be guessed.
    credential_id = uuid4()
    signer = signers.get_signing(session, at=at)
    number, place = take_place(session, credential_id=credential_id)
    version = badges.get_version(session, code=award.code, version=award.version)
    unsigned = documents.credential(
        address=issuer.credential_url(credential_id),
        issuer=issuer.profile(),
        # Pairwise: in this credential alone, so that two of hers do not meet by it.
        subject_id=uuid4().urn,
        achievement=issuer.achievement(award.code, version.document),
        valid_from=day_of(at),
        status=documents.StatusPlace(issuer.list_url(number), place),
    )
    document = issuer.sign(
        unsigned, name=signer.name, private_key=signer.private_key, created=day_of(at)
    )
    session.execute(
        insert(Credential).values(
            borrower_id=award.borrower_id,
            id=credential_id,
            award_id=award.id,
            code=award.code,
            list_number=number,
            place=place,
            signer=signer.name,
            document=orjson.dumps(document).decode(),
            issued_at=now,
        )
    )
    session.execute(
        insert(CredentialLookup).values(id=credential_id, borrower_id=award.borrower_id)
    )
