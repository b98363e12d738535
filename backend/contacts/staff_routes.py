"""Staff write contacts down, and read the ledger."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.contacts import queries, service
from backend.contacts.check_schemas import (
    ContactCheckInSchema,
    ContactCheckSchema,
    ContactRuleListSchema,
)
from backend.contacts.errors import ContactReferenceTaken
from backend.contacts.rules import PURPOSES, RULES, Judgement, Rule
from backend.contacts.schemas import (
    ContactInSchema,
    ContactPageArgs,
    StaffContactPageSchema,
    StaffContactSchema,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page
from backend.kit.rate_limit import LOOK_UP

blp = blueprint(
    "contacts",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Who was contacted when and how: written down by staff, read by the borrower.",
    permission="contacts.read",
)


def _look(
    session: Session, borrower_id: UUID, *, why: str | None, act: AccessPurpose | None = None
) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=why,
        what="contacts",
        now=clock.now(),
        act=act,
    )


@blp.route("/borrowers/<uuid:borrower_id>/contacts")
class Contacts(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ContactPageArgs, location="query")
    @blp.response(200, StaffContactPageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID) -> Page:
        """Her ledger with notes, newest first. The look is logged."""
        with transaction() as session:
            _look(session, borrower_id, why=purpose["purpose"])
            return queries.page_entries(
                session, borrower_id=borrower_id, args=args, with_notes=True
            )

    @idempotent
    @permits("contacts.write")
    @refuses(BorrowerNotFound, ContactReferenceTaken)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ContactInSchema)
    @blp.response(201, StaffContactSchema)
    def post(
        self, purpose: dict[str, Any], contact: service.Contact, borrower_id: UUID
    ) -> dict[str, Any]:
        """Write one contact down. What has the same `reference` and the same words is one entry."""
        with transaction() as session:
            _look(session, borrower_id, why=purpose["purpose"], act=AccessPurpose.ACCOUNT_CARE)
            entry_id = service.log_contact(
                session,
                borrower_id=borrower_id,
                contact=contact,
                staff_id=caller().id,
                now=clock.now(),
            )
            return queries.get_entry(session, borrower_id=borrower_id, entry_id=entry_id)


@blp.route("/contact-check")
class ContactCheck(MethodView):
    @rated(LOOK_UP)
    @permits("contacts.write")
    @refuses(BorrowerNotFound)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ContactCheckInSchema)
    @blp.response(200, ContactCheckSchema)
    def post(self, purpose: dict[str, Any], question: service.Question) -> dict[str, Any]:
        """May she be reached so? Of a borrower (the look is logged), or of a described case.

        `allowed` and `allowed_from` are the law's. Rules of effect `defer` are our own: they never
        forbid, and what is sent by itself obeys them. Nothing of a described case is stored.
        """
        if question.borrower_id is None:
            with reading() as session:
                return _in_words(service.answer(session, question=question))
        with transaction() as session:
            _look(
                session,
                question.borrower_id,
                why=purpose["purpose"],
                act=AccessPurpose.ACCOUNT_CARE,
            )
            return _in_words(service.answer(session, question=question))


def _in_words(judgement: Judgement) -> dict[str, Any]:
    return {
        "allowed": judgement.allowed,
        "allowed_from": judgement.allowed_from,
        "rules": [
            {
                "id": hit.id,
                "effect": hit.effect,
                "citation": hit.citation,
                "text": hit.text.in_(locale()),
            }
            for hit in judgement.rules
        ],
    }


@blp.route("/contact-rules")
class ContactRules(MethodView):
    @blp.response(200, ContactRuleListSchema)
    def get(self) -> dict[str, Any]:
        """Every rule of contact in each of its versions, with its source and how sure we are."""
        return {"items": [_row(rule) for rule in RULES]}


def _row(rule: Rule) -> dict[str, Any]:
    spoken_of = PURPOSES if rule.purposes is None else rule.purposes
    return {
        "id": rule.id,
        "effect": rule.effect,
        "citation": rule.citation,
        "text": rule.text.in_(locale()),
        "regime": rule.regime,
        "channels": None if rule.channels is None else sorted(rule.channels),
        "purposes": sorted(spoken_of - rule.but),
        "predicate": rule.predicate.as_data(),
        "certainty": rule.certainty,
        "valid_from": rule.valid_from,
    }
