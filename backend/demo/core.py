"""The demo's core system: it does what it is asked and says so, over the interface alone.

A real one has a book of its own; this one looks its loans up in the demo's database. What it
books it sends like any lender, and an instruction that fails is tried again on the next round.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers.models import Borrower
from backend.core_instructions.rules import Kind
from backend.kit.db import reading
from backend.kit.logs import get_logger
from backend.loans.models import Loan

ADDRESS = "/v1/ingest/core-instructions"
OK_END = 300
PAGE = 100
CONVERT = "convert"
log = get_logger(__name__)

# Speaks HTTP: method, path, body; answers status and body.
Call = Callable[[str, str, Mapping[str, Any] | None], tuple[int, Any]]


class RefusedError(RuntimeError):
    """The interface did not take what was sent."""


def carry_out(call: Call) -> int:
    """Carry out and acknowledge what is open; answers how many were done.

    What fails keeps only what follows of the same plan waiting: taking back comes after booking.
    """
    done = 0
    found = list(_list_open(call))
    cancelled = {each for item in found for each in item["payload"].get("cancels", ())}
    failed: set[str] = set()
    for item in found:
        plan = item["payload"].get("plan_id")
        if plan in failed:
            continue
        try:
            if item["id"] not in cancelled:
                _book(call, item)
            _must(call("POST", f"{ADDRESS}/{item['id']}/ack", None))
            done += 1
        except RefusedError as error:
            log.warning("demo_core_refused", instruction=item["id"], why=str(error))
            if plan is not None:
                failed.add(plan)
    return done


def _list_open(call: Call) -> Iterator[Mapping[str, Any]]:
    # To the last page: a page of what is refused would keep all that came later waiting.
    cursor = ""
    while True:
        found = _must(call("GET", f"{ADDRESS}?open=true&limit={PAGE}{cursor}", None))
        yield from found["items"]
        if found["next_cursor"] is None:
            return
        cursor = f"&cursor={quote(found['next_cursor'])}"


def _book(call: Call, item: Mapping[str, Any]) -> None:
    payload = item["payload"]
    if item["kind"] not in {Kind.PLAN_ACCEPTED, Kind.PLAN_WITHDRAWN}:
        return  # nothing of a schedule: what is frozen is noted by acknowledging
    if payload["kind"] == CONVERT:
        book = _convert if item["kind"] == Kind.PLAN_ACCEPTED else _convert_back
        book(call, payload)
    elif payload["rows"]:  # what is waived is noted by acknowledging
        plan = payload["plan_id"] if item["kind"] == Kind.PLAN_ACCEPTED else None
        name = payload["loan_external_id"]
        _send(call, name, _get_loan(name) | {"plan_id": plan, "installments": payload["rows"]})


def _convert(call: Call, payload: Mapping[str, Any]) -> None:
    """What was an account becomes a loan of its own, and the account asks for nothing more."""
    name = payload["loan_external_id"]
    card = _get_loan(name)
    loan = card | {
        "kind": "installment",
        "dpd_source": "computed",
        "credit_limit_minor": None,
        "annual_rate": payload["terms"].get("annual_rate"),
        "principal_minor": None,
        "opened_on": payload["agreed_on"],
        "status": "active",
        "plan_id": payload["plan_id"],
        "installments": payload["rows"],
    }
    _send(call, f"plan-{payload['plan_id']}", loan)
    _send(call, name, card | {"status": "closed"})


def _convert_back(call: Call, payload: Mapping[str, Any]) -> None:
    """The account is open again with the balance of its statements, and the new loan is closed."""
    name = payload["loan_external_id"]
    _send(call, name, _get_loan(name) | {"status": "active"})
    booked = payload["booked_external_id"]
    if booked is not None:
        _send(call, booked, _get_loan(booked) | {"status": "closed", "plan_id": None})


def _send(call: Call, name: str, body: Mapping[str, Any]) -> None:
    _must(call("PUT", f"/v1/ingest/loans/{name}", body))


def _get_loan(external_id: str) -> dict[str, Any]:
    with reading() as session:
        loan = _find_loan(session, external_id)
    if loan is None:
        raise RefusedError(external_id)
    return loan


def _find_loan(session: Session, external_id: str) -> dict[str, Any] | None:
    ref = borrowers.find_ref(session, kind="loan", external_id=external_id)
    if ref is None:
        return None
    row = session.execute(
        select(
            Loan.kind,
            Borrower.external_id.label("borrower_external_id"),
            Loan.product_code,
            Loan.currency,
            Loan.principal_minor,
            Loan.credit_limit_minor,
            Loan.annual_rate,
            Loan.opened_on,
            Loan.status,
            Loan.dpd_source,
        )
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .where(Loan.borrower_id == ref.borrower_id, Loan.id == ref.object_id)
    ).first()
    if row is None:
        return None
    rate = row.annual_rate
    return {
        **row._mapping,
        "annual_rate": None if rate is None else f"{rate:f}",
        "opened_on": row.opened_on.isoformat(),
    }


def _must(answer: tuple[int, Any]) -> Any:
    status, body = answer
    if status >= OK_END:
        raise RefusedError(f"{status} {body}")
    return body
