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
    """Carry out and acknowledge what is open; answers how many were done."""
    done = 0
    for item in _list_open(call):
        try:
            _book(call, item)
            _must(call("POST", f"{ADDRESS}/{item['id']}/ack", None))
            done += 1
        except RefusedError as error:
            log.warning("demo_core_refused", instruction=item["id"], why=str(error))
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
    if item["kind"] not in {Kind.PLAN_ACCEPTED, Kind.PLAN_WITHDRAWN} or not payload["rows"]:
        return  # nothing of a schedule: what is frozen or waived is noted by acknowledging
    plan = payload["plan_id"] if item["kind"] == Kind.PLAN_ACCEPTED else None
    with reading() as session:
        loan = _find_loan(session, payload["loan_external_id"])
    if loan is None:
        raise RefusedError(payload["loan_external_id"])
    name = payload["loan_external_id"]
    if payload["kind"] == CONVERT:
        # What was an account becomes a loan of its own.
        name = f"plan-{payload['plan_id']}"
        loan |= {"kind": "installment", "dpd_source": "computed", "credit_limit_minor": None}
        loan |= {"annual_rate": payload["terms"].get("annual_rate"), "principal_minor": None}
        loan |= {"opened_on": payload["agreed_on"]}
    body = loan | {"plan_id": plan, "installments": payload["rows"]}
    _must(call("PUT", f"/v1/ingest/loans/{name}", body))


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
