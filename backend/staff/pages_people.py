"""Pages of administrators: accounts, and role changes by two people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading, transaction
from backend.kit.problems import Problem
from backend.kit.texts import Text
from backend.staff import queries, service
from backend.staff.rules import ChangeState, Role
from backend.staff.schemas import StaffReasonSchema, StaffRoleChangeInSchema
from backend.staff.wording import ACCOUNT_STATES, ACCOUNTS, CHANGE_STATES, CHANGES, ROLES

SHOWN = 50
CHANGES_WAITING_MAX = 100

accounts_blp = console.page_blueprint(
    "staff_accounts",
    __name__,
    url_prefix="/console/staff-accounts",
    permission="staff.read",
    menu=(Entry(Area.OPERATION, ACCOUNTS["title"], "/console/staff-accounts", order=30),),
)
changes_blp = console.page_blueprint(
    "role_changes",
    __name__,
    url_prefix="/console/role-changes",
    permission="staff.read",
    menu=(Entry(Area.OPERATION, CHANGES["title"], "/console/role-changes", order=40),),
)


def count_changes(session: Session, staff_id: UUID, now: datetime) -> int:
    """For the first page: changes that another than she asked for."""
    page = _pending(session, now=now)
    return sum(1 for row in page if row.requested_by != staff_id)


@accounts_blp.get("")
def accounts() -> Response:
    cursor = request.args.get("cursor")
    with reading() as session:
        page = queries.page_accounts(session, state=None, args={"limit": SHOWN, "cursor": cursor})
    return console.render(
        "staff/accounts.html", title=ACCOUNTS["title"], page=page, cursor=cursor, **_words()
    )


@accounts_blp.get("/<uuid:staff_id>")
def account(staff_id: UUID) -> Response:
    return _account_page(staff_id)


@accounts_blp.post("/<uuid:staff_id>/disable")
@permits("staff.write")
def disable(staff_id: UUID) -> Response:
    def act(session: Session, reason: str) -> None:
        service.disable(
            session,
            staff_id=staff_id,
            disabled_by=console.caller().id,
            now=clock.now(),
            reason=reason,
        )

    return _with_reason(staff_id, act, ACCOUNTS["disabled"])


@accounts_blp.post("/<uuid:staff_id>/enable")
@permits("staff.write")
def enable(staff_id: UUID) -> Response:
    def act(session: Session, reason: str) -> None:
        service.enable(session, staff_id=staff_id, enabled_by=console.caller().id, reason=reason)

    return _with_reason(staff_id, act, ACCOUNTS["enabled"])


@accounts_blp.post("/<uuid:staff_id>/enrolment-codes")
@permits("staff.write")
def issue_code(staff_id: UUID) -> Response:
    """Shown once, here: no secret is stored, and a repeat gives another one."""
    try:
        reason = console.fields_of(StaffReasonSchema)["reason"]
        with transaction() as session:
            issued = service.issue_code(
                session,
                staff_id=staff_id,
                issued_by=console.caller().id,
                now=clock.wall(),
                reason=reason,
            )
    except Problem as problem:
        return _account_page(staff_id, problem)
    return _account_page(staff_id, issued=issued)


@accounts_blp.post("/<uuid:staff_id>/role-changes")
@permits("staff.write")
def ask_for_change(staff_id: UUID) -> Response:
    def act(session: Session) -> None:
        service.request_change(
            session,
            staff_id=staff_id,
            add={Role(role) for role in form["add"]},
            remove={Role(role) for role in form["remove"]},
            reason=form["reason"],
            requested_by=console.caller().id,
            now=clock.now(),
        )

    try:
        form = console.fields_of(StaffRoleChangeInSchema)
        console.once(act)
    except Problem as problem:
        return _account_page(staff_id, problem)
    return console.done("/console/role-changes", CHANGES["asked"])


@changes_blp.get("")
def changes() -> Response:
    return _changes_page()


@changes_blp.post("/<uuid:change_id>/confirm")
@permits("staff.write", is_four_eyes=True)
def confirm(change_id: UUID) -> Response:
    return _decide(change_id, ChangeState.CONFIRMED)


@changes_blp.post("/<uuid:change_id>/reject")
@permits("staff.write", is_four_eyes=True)
def reject(change_id: UUID) -> Response:
    return _decide(change_id, ChangeState.REJECTED)


def _decide(change_id: UUID, outcome: ChangeState) -> Response:
    def act(session: Session) -> None:
        service.decide(
            session,
            change_id=change_id,
            outcome=outcome,
            decided_by=console.caller().id,
            now=clock.now(),
        )

    try:
        console.once(act)
    except Problem as problem:
        return _changes_page(problem)
    return console.done("/console/role-changes", CHANGES[outcome])


def _with_reason(staff_id: UUID, act: Any, told: Text) -> Response:
    try:
        reason = console.fields_of(StaffReasonSchema)["reason"]
        console.once(lambda session: act(session, reason))
    except Problem as problem:
        return _account_page(staff_id, problem)
    return console.done(f"/console/staff-accounts/{staff_id}", told)


def _account_page(
    staff_id: UUID, problem: Problem | None = None, *, issued: service.IssuedCode | None = None
) -> Response:
    with reading() as session:
        found = queries.get_account_view(session, staff_id=staff_id)
    who = console.signed_in()
    return console.render(
        "staff/account.html",
        title=found.email,
        problem=problem,
        account=found,
        issued=issued,
        form=request.form,
        may_write="staff.write" in who.permissions and who.staff_id != staff_id,
        **_words(),
    )


def _changes_page(problem: Problem | None = None) -> Response:
    cursor = request.args.get("cursor")
    with reading() as session:
        page = queries.page_role_changes(
            session, state=None, args={"limit": SHOWN, "cursor": cursor}, now=clock.now()
        )
        ids = {getattr(row, key) for row in page.items for key in PEOPLE}
        names = queries.find_emails(session, ids=ids)
    return console.render(
        "staff/role_changes.html",
        title=CHANGES["title"],
        problem=problem,
        page=page,
        names=names,
        cursor=cursor,
        may_write="staff.write" in console.signed_in().permissions,
        **_words(),
    )


PEOPLE = ("staff_id", "requested_by", "decided_by")


def _pending(session: Session, *, now: datetime) -> Any:
    args = {"limit": CHANGES_WAITING_MAX, "cursor": None}
    return queries.page_role_changes(session, state=ChangeState.PENDING, args=args, now=now).items


def _words() -> dict[str, Any]:
    return {
        "accounts_said": ACCOUNTS,
        "changes_said": CHANGES,
        "account_states": ACCOUNT_STATES,
        "change_states": CHANGE_STATES,
        "roles": ROLES,
    }
