"""Staff compose packs, try and publish them, note proofs, and take grants back."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.benefits import queries, reports, service
from backend.benefits.errors import (
    CashLike,
    DocumentNotVerified,
    GrantMoveRefused,
    GrantUnknown,
    KindReserved,
    PackCodeTaken,
    PackUnknown,
    ProofTaken,
    VersionNotDraft,
)
from backend.benefits.rules import Proof
from backend.benefits.schemas import (
    ActivationArgs,
    ActivationsSchema,
    DocumentProofSchema,
    PackInSchema,
    PackPageSchema,
    PackSchema,
    ProofInSchema,
    ProofSchema,
    RevokeSchema,
    TrialSchema,
    VersionInSchema,
    VersionSchema,
    WholePackSchema,
    document_as_json,
)
from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import AnyRow, reading, transaction
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.programme_zone import programme_day
from backend.staff import service as staff
from backend.staff.errors import SecondPersonNeeded

VERSION = "<int(max=2147483647):version>"

blp = blueprint(
    "benefits",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="What is granted: taken up by borrowers, carried out by the core system.",
    permission="benefits.read",
)


def _month(value: str) -> date:
    return date.fromisoformat(f"{value}-01")


def _written(args: dict[str, Any]) -> dict[str, Any]:
    return {
        "month": _month(args["month"]),
        "budget": args["budget"],
        "document": document_as_json(args["document"]),
    }


def _act(
    session: Session, borrower_id: UUID, what: str, *, purpose: str | None, now: datetime
) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=purpose,
        what=what,
        now=now,
        act=AccessPurpose.RISK_REVIEW,
    )


def _shown(row: AnyRow, status: int) -> tuple[Any, int, dict[str, str]]:
    return row, status, headers_of(row.edits)


@blp.route("/benefit-packs")
class Packs(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PackPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All packs."""
        with reading() as session:
            return queries.page_packs(session, args=args)

    @permits("benefits.author")
    @refuses(PackCodeTaken)
    @blp.arguments(PackInSchema)
    @blp.response(201, PackSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Begin a pack. What is in it stands in its versions, one from each month on."""
        with transaction() as session:
            service.create_pack(session, code=args["code"], created_by=caller().id, now=clock.now())
            return queries.get_pack(session, code=args["code"])


@blp.route("/benefit-packs/<string:code>")
class Pack(MethodView):
    @refuses(PackUnknown)
    @blp.response(200, WholePackSchema)
    def get(self, code: str) -> dict[str, Any]:
        """A pack with its versions, newest first."""
        with reading() as session:
            pack = queries.get_pack(session, code=code)
            return {**pack._mapping, "versions": queries.list_versions(session, code=code)}


@blp.route("/benefit-packs/<string:code>/versions")
class Versions(MethodView):
    @permits("benefits.author")
    @refuses(PackUnknown, CashLike, KindReserved)
    @blp.arguments(VersionInSchema)
    @blp.response(201, VersionSchema)
    def post(self, args: dict[str, Any], code: str) -> tuple[Any, int, dict[str, str]]:
        """Write a draft. Nothing in it may be cash or like it."""
        now = clock.now()
        with transaction() as session:
            version = service.write_draft(
                session,
                code=code,
                author_id=caller().id,
                today=programme_day(now),
                now=now,
                **_written(args),
            )
            return _shown(queries.get_version(session, code=code, version=version), 201)


@blp.route(f"/benefit-packs/<string:code>/versions/{VERSION}")
class Version(MethodView):
    @refuses(PackUnknown)
    @blp.response(200, VersionSchema)
    def get(self, code: str, version: int) -> tuple[Any, int, dict[str, str]]:
        """One version."""
        with reading() as session:
            return _shown(queries.get_version(session, code=code, version=version), 200)

    @edits_version
    @permits("benefits.author")
    @refuses(PackUnknown, VersionNotDraft, CashLike, KindReserved)
    @blp.arguments(VersionInSchema)
    @blp.response(200, VersionSchema)
    def put(self, args: dict[str, Any], code: str, version: int) -> tuple[Any, int, dict[str, str]]:
        """Replace a draft. You are then its author."""
        edits = version_edited()
        with transaction() as session:
            service.edit_draft(
                session,
                code=code,
                version=version,
                edits=edits,
                editor_id=caller().id,
                today=programme_day(clock.now()),
                **_written(args),
            )
            return _shown(queries.get_version(session, code=code, version=version), 200)


@blp.route(f"/benefit-packs/<string:code>/versions/{VERSION}/preview")
class Trial(MethodView):
    @refuses(PackUnknown)
    @blp.response(200, TrialSchema)
    def get(self, code: str, version: int) -> dict[str, Any]:
        """For how many enrolled borrowers it is today, and what that takes of its budget."""
        with reading() as session:
            row = queries.get_version(session, code=code, version=version)
            return reports.try_version(session, version=row, now=clock.now())


@blp.route(f"/benefit-packs/<string:code>/versions/{VERSION}/publish")
class Publication(MethodView):
    @idempotent
    @permits("benefits.publish", is_four_eyes=True)
    @refuses(PackUnknown, VersionNotDraft, SecondPersonNeeded, CashLike, KindReserved)
    @blp.response(200, VersionSchema)
    def post(self, code: str, version: int) -> Any:
        """Let another person's draft count from its month on."""
        now = clock.now()
        with transaction() as session:
            service.publish_version(
                session,
                code=code,
                version=version,
                publisher_id=caller().id,
                today=programme_day(now),
                now=now,
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="benefit-pack.publish",
                subject=f"benefit-pack:{code}:{version}",
            )
            return queries.get_version(session, code=code, version=version)


@blp.route("/staff/benefit-activation")
class Activation(MethodView):
    @blp.arguments(ActivationArgs, location="query")
    @blp.response(200, ActivationsSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """How many of those who were offered a pack's items took them up."""
        month = None if args["month"] is None else _month(args["month"])
        with reading() as session:
            return {
                "packs": reports.list_activation(session, month=month),
                "account_managers": reports.list_activation_by_manager(session, month=month),
            }


@blp.route("/staff/borrowers/<uuid:borrower_id>/benefit-proofs")
class Proofs(MethodView):
    @idempotent
    @permits("benefits.verify")
    @refuses(BorrowerNotFound, ProofTaken)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProofInSchema)
    @blp.response(201, ProofSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID
    ) -> dict[str, Any]:
        """Note that you have seen a proof and found it good. A document proves one case."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "proof", purpose=purpose["purpose"], now=now)
            proof_id = service.record_proof(
                session,
                borrower_id=borrower_id,
                kind=Proof(args["kind"]),
                document_hash=bytes.fromhex(args["document_sha256"]),
                issuer=args["issuer"],
                expires_on=args["expires_on"],
                checked_by=caller().id,
                today=programme_day(now),
                now=now,
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="benefit-proof.record",
                subject=f"borrower:{borrower_id}",
                details={"proof": str(proof_id), "kind": args["kind"]},
            )
        return {"id": proof_id}


@blp.route("/staff/borrowers/<uuid:borrower_id>/documents/<uuid:document_id>/benefit-proof")
class DocumentProof(MethodView):
    @idempotent
    @permits("benefits.verify")
    @refuses(BorrowerNotFound, DocumentNotVerified, ProofTaken)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(DocumentProofSchema)
    @blp.response(201, ProofSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, document_id: UUID
    ) -> dict[str, Any]:
        """Let a document that is verified today be a proof, as whoever checked it found it."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "proof", purpose=purpose["purpose"], now=now)
            proof_id = service.record_document(
                session,
                borrower_id=borrower_id,
                document_id=document_id,
                kind=Proof(args["kind"]),
                today=programme_day(now),
                now=now,
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="benefit-proof.record",
                subject=f"borrower:{borrower_id}",
                details={"proof": str(proof_id), "kind": args["kind"]},
            )
        return {"id": proof_id}


@blp.route("/staff/borrowers/<uuid:borrower_id>/benefits/<uuid:grant_id>/revoke")
class Revocation(MethodView):
    @idempotent
    @permits("benefits.revoke")
    @refuses(BorrowerNotFound, GrantUnknown, GrantMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(RevokeSchema)
    @blp.response(204)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, grant_id: UUID
    ) -> None:
        """Take back a grant that is not fulfilled, with a reason for the trail."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "benefit", purpose=purpose["purpose"], now=now)
            service.revoke(session, borrower_id=borrower_id, grant_id=grant_id, now=now)
            staff.record_action(
                session,
                staff_id=caller().id,
                action="benefit.revoke",
                subject=f"benefit-grant:{grant_id}",
                reason=args["reason"],
            )
