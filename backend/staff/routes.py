"""Staff accounts: one's own, and, for admins, everybody's; role changes by two people."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.addresses import client_address, counted_as
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page
from backend.kit.problems import NotFound
from backend.staff import queries, service
from backend.staff.errors import (
    AccountDisabled,
    AccountEnabled,
    LastAdmin,
    LogInLocked,
    OwnAccount,
    PasswordNotChanged,
    RoleChangeOpen,
    RoleChangeSettled,
    RoleChangeVoid,
    SecondPersonNeeded,
)
from backend.staff.own_password import change_own_password
from backend.staff.rules import ChangeState, Role, permissions_of
from backend.staff.schemas import (
    AccountListArgs,
    AccountPageSchema,
    EnrolmentCodeSchema,
    OwnStaffAccountSchema,
    RoleChangeListArgs,
    RoleChangePageSchema,
    StaffAccountSchema,
    StaffNameSchema,
    StaffPasswordChangeSchema,
    StaffReasonSchema,
    StaffRoleChangeInSchema,
    StaffRoleChangeSchema,
)

blp = blueprint(
    "staff_people",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Staff accounts, their roles, and the change of both.",
    permission="staff.read",
)
# The operator's desk is the other blueprint of this feature; the interface shows one.
blp.tag = "staff"


@blp.route("/me")
class Me(MethodView):
    @permits("staff.self")
    @refuses(NotFound)
    @blp.response(200, OwnStaffAccountSchema)
    def get(self) -> dict[str, Any]:
        """Your account as it is now: roles, what they open, recovery codes that are left."""
        with reading() as session:
            own = queries.get_account_view(session, staff_id=caller().id)
        permissions = sorted(permissions_of(frozenset(own.roles)))
        return {**own._mapping, "permissions": permissions}


@blp.route("/me/name")
class OwnName(MethodView):
    @permits("staff.self")
    @blp.arguments(StaffNameSchema)
    @blp.response(204)
    def put(self, args: dict[str, Any]) -> None:
        """Say how borrowers who have talked with you read your name; null: not at all."""
        with transaction() as session:
            service.set_display_name(session, staff_id=caller().id, name=args["name"])


@blp.route("/me/password")
class OwnPassword(MethodView):
    @permits("staff.self")
    @refuses(NotFound, PasswordNotChanged, LogInLocked)
    @blp.arguments(StaffPasswordChangeSchema)
    @blp.response(204)
    def post(self, args: dict[str, Any]) -> None:
        """Choose another password. Your other sessions end."""
        change_own_password(
            staff_id=caller().id,
            session_id=caller().session_id,
            address=counted_as(client_address()),
            now=clock.wall(),
            **args,
        )


@blp.route("/accounts")
class Accounts(MethodView):
    @blp.arguments(AccountListArgs, location="query")
    @blp.response(200, AccountPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All accounts, by address."""
        with reading() as session:
            return queries.page_accounts(session, state=args["state"], args=args)


@blp.route("/accounts/<uuid:staff_id>")
class Account(MethodView):
    @refuses(NotFound)
    @blp.response(200, StaffAccountSchema)
    def get(self, staff_id: UUID) -> Any:
        """One account."""
        with reading() as session:
            return queries.get_account_view(session, staff_id=staff_id)


@blp.route("/accounts/<uuid:staff_id>/disable")
class Disabling(MethodView):
    @idempotent
    @permits("staff.write")
    @refuses(NotFound, OwnAccount, AccountDisabled, LastAdmin)
    @blp.arguments(StaffReasonSchema)
    @blp.response(200, StaffAccountSchema)
    def post(self, args: dict[str, Any], staff_id: UUID) -> Any:
        """Close another's account. Its sessions and tokens end at once."""
        with transaction() as session:
            service.disable(
                session, staff_id=staff_id, disabled_by=caller().id, now=clock.now(), **args
            )
            return queries.get_account_view(session, staff_id=staff_id)


@blp.route("/accounts/<uuid:staff_id>/enable")
class Enabling(MethodView):
    @idempotent
    @permits("staff.write")
    @refuses(NotFound, OwnAccount, AccountEnabled)
    @blp.arguments(StaffReasonSchema)
    @blp.response(200, StaffAccountSchema)
    def post(self, args: dict[str, Any], staff_id: UUID) -> Any:
        """Open another's closed account again, as it was."""
        with transaction() as session:
            service.enable(session, staff_id=staff_id, enabled_by=caller().id, **args)
            return queries.get_account_view(session, staff_id=staff_id)


@blp.route("/accounts/<uuid:staff_id>/enrolment-codes")
class EnrolmentCodes(MethodView):
    @permits("staff.write")
    @refuses(NotFound, OwnAccount, AccountDisabled)
    @blp.arguments(StaffReasonSchema)
    @blp.response(201, EnrolmentCodeSchema)
    def post(self, args: dict[str, Any], staff_id: UUID) -> service.IssuedCode:
        """A new enrolment code for another's account, shown once.

        An account that was enrolled is reset by it: password and second factor count no more, and
        its sessions end. Not idempotent, since no secret is ever stored: a repeat gives a new
        code, and the one before is void.
        """
        with transaction() as session:
            return service.issue_code(
                session, staff_id=staff_id, issued_by=caller().id, now=clock.wall(), **args
            )


@blp.route("/accounts/<uuid:staff_id>/role-changes")
class RoleChangeRequests(MethodView):
    @idempotent
    @permits("staff.write")
    @refuses(NotFound, SecondPersonNeeded, RoleChangeOpen, RoleChangeVoid, LastAdmin)
    @blp.arguments(StaffRoleChangeInSchema)
    @blp.response(201, StaffRoleChangeSchema)
    def post(self, args: dict[str, Any], staff_id: UUID) -> Any:
        """Ask for a change of another's roles. A second admin confirms it within 72 hours."""
        now = clock.now()
        with transaction() as session:
            change_id = service.request_change(
                session,
                staff_id=staff_id,
                add={Role(role) for role in args["add"]},
                remove={Role(role) for role in args["remove"]},
                reason=args["reason"],
                requested_by=caller().id,
                now=now,
            )
            return queries.get_role_change(session, change_id=change_id, now=now)


@blp.route("/role-changes")
class RoleChanges(MethodView):
    @blp.arguments(RoleChangeListArgs, location="query")
    @blp.response(200, RoleChangePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Role changes, newest first."""
        with reading() as session:
            return queries.page_role_changes(
                session, state=args["state"], args=args, now=clock.now()
            )


@blp.route("/role-changes/<uuid:change_id>/confirm")
class RoleChangeConfirmation(MethodView):
    @idempotent
    @permits("staff.write", is_four_eyes=True)
    @refuses(NotFound, SecondPersonNeeded, RoleChangeSettled, RoleChangeVoid, LastAdmin)
    @blp.response(200, StaffRoleChangeSchema)
    def post(self, change_id: UUID) -> Any:
        """Make another admin's change so. A role that is lost opens nothing within a second."""
        return _decide(change_id, ChangeState.CONFIRMED)


@blp.route("/role-changes/<uuid:change_id>/reject")
class RoleChangeRejection(MethodView):
    @idempotent
    @permits("staff.write", is_four_eyes=True)
    @refuses(NotFound, SecondPersonNeeded, RoleChangeSettled)
    @blp.response(200, StaffRoleChangeSchema)
    def post(self, change_id: UUID) -> Any:
        """Let another admin's change come to nothing."""
        return _decide(change_id, ChangeState.REJECTED)


def _decide(change_id: UUID, outcome: ChangeState) -> Any:
    now = clock.now()
    with transaction() as session:
        service.decide(
            session, change_id=change_id, outcome=outcome, decided_by=caller().id, now=now
        )
        return queries.get_role_change(session, change_id=change_id, now=now)
