"""What the routes of staff accounts and of the operator's desk say."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.fields import (
    AsTyped,
    Day,
    Instant,
    LineToHer,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    WholeNumber,
)
from backend.kit.paging import PageArgs, page_schema
from backend.staff.log_in_rules import EMAIL
from backend.staff.rules import AccountState, ChangeState, Role

# As typed, before normalisation may shorten it; the rule for a new one is in `log_in_rules`.
PASSWORD_TYPED_MAX = 512
EMAIL_LENGTH_MAX = 255


def Email(**kwargs: Any) -> fields.String:  # noqa: N802 - reads as the field it is
    """The address of a staff account."""
    return fields.String(
        validate=[
            validate.Length(3, EMAIL_LENGTH_MAX),
            Pattern(f"^{EMAIL.pattern}$", error="Must be an e-mail address."),
        ],
        metadata={"example": "risk@lender.example"},
        **kwargs,
    )


def Password(**kwargs: Any) -> fields.String:  # noqa: N802
    """A password as it is typed; never shown in an answer."""
    return AsTyped(load_only=True, validate=validate.Length(1, PASSWORD_TYPED_MAX), **kwargs)


def OneTimeCode(**kwargs: Any) -> fields.String:  # noqa: N802
    """A code as it is typed, with or without its dashes."""
    return ShortText(1, 60, load_only=True, **kwargs)


class JobRunSchema(OutSchema):
    id = fields.UUID(required=True)
    slot = fields.String(required=True)
    as_of = Day(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    started_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    result = fields.Dict(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class JobSchema(OutSchema):
    name = fields.String(required=True)
    schedule = fields.String(required=True)
    next_at = Instant(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    runs = fields.List(fields.Nested(JobRunSchema), required=True)


class JobsSchema(OutSchema):
    items = fields.List(fields.Nested(JobSchema), required=True)
    open_deliveries = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ParkedSchema(OutSchema):
    handler = fields.String(required=True)
    seq = fields.Integer(required=True)
    event = fields.String(required=True)
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)
    parked_at = Instant(required=True)


class ParkedListSchema(OutSchema):
    items = fields.List(fields.Nested(ParkedSchema), required=True)


class RetrySchema(StrictSchema):
    handler = ShortText(required=True)
    seq = WholeNumber(1, 2**62, required=True)


class StaffActionSchema(OutSchema):
    id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    action = fields.String(required=True)
    subject = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)
    at = Instant(required=True)


StaffActionPageSchema = page_schema(StaffActionSchema, name="StaffActionPageSchema")


ROLES = [str(role) for role in Role]


class StaffAccountSchema(OutSchema):
    id = fields.UUID(required=True)
    email = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(s) for s in AccountState]))
    roles = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    enrolled_at = Instant(required=True, allow_none=True)
    disabled_at = Instant(required=True, allow_none=True)
    last_log_in_at = Instant(required=True, allow_none=True)
    recovery_codes_left = fields.Integer(required=True)


class OwnStaffAccountSchema(StaffAccountSchema):
    permissions = fields.List(fields.String(), required=True)


AccountPageSchema = page_schema(StaffAccountSchema, name="StaffAccountPageSchema")


class AccountListArgs(PageArgs):
    state = fields.String(
        load_default=None, validate=validate.OneOf([str(state) for state in AccountState])
    )


class StaffNameSchema(StrictSchema):
    name = LineToHer(1, 60, required=True, allow_none=True)


class StaffReasonSchema(StrictSchema):
    reason = ShortText(1, 200, required=True)


class EnrolmentCodeSchema(OutSchema):
    enrolment_code = fields.String(
        required=True, metadata={"description": "Shown once. Single use, for 72 hours."}
    )
    expires_at = Instant(required=True)


class StaffRoleChangeInSchema(StrictSchema):
    add = fields.List(fields.String(validate=validate.OneOf(ROLES)), load_default=list)
    remove = fields.List(fields.String(validate=validate.OneOf(ROLES)), load_default=list)
    reason = ShortText(1, 200, required=True)

    @validates_schema
    def change_something(self, data, **_: object) -> None:  # type: ignore[no-untyped-def]
        """Some role, and none in both lists."""
        if not data["add"] and not data["remove"]:
            raise ValidationError("Must name at least one role.", "add")
        if set(data["add"]) & set(data["remove"]):
            raise ValidationError("A role is either added or removed.", "remove")


class StaffRoleChangeSchema(OutSchema):
    id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    add = fields.List(fields.String(), required=True)
    remove = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(s) for s in ChangeState]))
    requested_by = fields.UUID(required=True)
    requested_at = Instant(required=True)
    expires_at = Instant(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


RoleChangePageSchema = page_schema(StaffRoleChangeSchema, name="StaffRoleChangePageSchema")


class RoleChangeListArgs(PageArgs):
    state = fields.String(
        load_default=None, validate=validate.OneOf([str(state) for state in ChangeState])
    )


class StaffPasswordChangeSchema(StrictSchema):
    old_password = Password(required=True)
    new_password = Password(required=True)
    totp_code = OneTimeCode(required=True)
