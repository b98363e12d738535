"""What is read and changed of a borrower, by herself and by staff."""

from typing import Any, NoReturn

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.borrowers.rules import ASSIGNED_AT_ONCE_MAX, AccessPurpose
from backend.borrowers.service import purpose_missing
from backend.kit.fields import Day, Instant, LocaleField, Minor, ShortText, StrictSchema, Zone
from backend.kit.http import OutSchema
from backend.kit.paging import page_schema


class MeSchema(OutSchema):
    id = fields.UUID(required=True)
    locale = fields.String(required=True)
    timezone = fields.String(
        required=True, metadata={"description": "Where you are: as you chose, else your lender."}
    )
    contract_timezone = fields.String(
        required=True, metadata={"description": "The days of your loans are dates in this zone."}
    )
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(
        required=True, allow_none=True, metadata={"description": "All but the last four hidden."}
    )
    email = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "All of the name but its first letter hidden."},
    )


class MePatchSchema(StrictSchema):
    locale = LocaleField(load_default=None)
    timezone = Zone(load_default=None)


class AccessSchema(OutSchema):
    id = fields.UUID(required=True)
    at = Instant(required=True)
    purpose = fields.String(required=True, metadata={"enum": [str(p) for p in AccessPurpose]})
    purpose_text = fields.String(
        required=True,
        metadata={
            "description": "The purpose in your language.",
            "example": "Looking after your account",
        },
    )
    who = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The role of who looked.", "example": "account_manager"},
    )
    who_text = fields.String(
        required=True,
        metadata={
            "description": "Who looked, by role, in your language.",
            "example": "Your account manager",
        },
    )
    what = fields.String(
        required=True, metadata={"description": "search: found by a search; profile: opened."}
    )
    what_text = fields.String(
        required=True,
        metadata={
            "description": "What was seen, in your language.",
            "example": "Opened your particulars and account",
        },
    )


AccessPageSchema = page_schema(AccessSchema, name="AccessPage")


class SearchArgs(StrictSchema):
    q = ShortText(
        required=True,
        metadata={"description": "A whole external id, phone number or full name."},
    )


class PurposeArgs(StrictSchema):
    """The header by which staff say why they look; `service.look` decides who need not.

    Refuses: PurposeMissing (a word that is no purpose).
    """

    purpose = fields.String(
        load_default=None,
        data_key="X-Access-Purpose",
        validate=validate.OneOf([str(purpose) for purpose in AccessPurpose]),
        metadata={
            "description": "Why you look; the borrower can read it. Not needed by her own account "
            "manager (`account_care`)."
        },
    )

    class Meta:
        unknown = "exclude"

    def handle_error(self, *_: Any, **__: Any) -> NoReturn:
        """Name the header and what may stand in it."""
        raise purpose_missing()


class FoundBorrowerSchema(OutSchema):
    id = fields.UUID(required=True)
    external_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class FoundSchema(OutSchema):
    items = fields.List(fields.Nested(FoundBorrowerSchema), required=True)


class ProfileSchema(OutSchema):
    id = fields.UUID(required=True)
    external_id = fields.String(required=True)
    locale = fields.String(required=True)
    timezone = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    born_on = Day(required=True, allow_none=True)
    monthly_income_minor = Minor(required=True, allow_none=True)
    income_verified = fields.Boolean(required=True, allow_none=True)
    monthly_debt_minor = Minor(required=True, allow_none=True)
    employment = fields.String(required=True, allow_none=True)
    panels = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Each feature's part: her loans, facts, tier and so on."},
    )


class AssignInSchema(StrictSchema):
    staff_id = fields.UUID(
        required=True, metadata={"description": "An active account with the role account_manager."}
    )


class AssignManySchema(StrictSchema):
    staff_id = fields.UUID(
        required=True, metadata={"description": "An active account with the role account_manager."}
    )
    borrower_ids = fields.List(
        fields.UUID(),
        load_default=None,
        validate=validate.Length(1, ASSIGNED_AT_ONCE_MAX),
        metadata={"description": "Whom to give her; or name `from_staff_id`."},
    )
    from_staff_id = fields.UUID(
        load_default=None,
        metadata={"description": "Whose borrowers to hand on, the first 500; repeat for more."},
    )

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly one way to say whom."""
        if (data["borrower_ids"] is None) == (data["from_staff_id"] is None):
            raise ValidationError("Name either these or from_staff_id.", "borrower_ids")


class AssignedManySchema(OutSchema):
    assigned = fields.Integer(
        required=True, metadata={"description": "How many have another account manager now."}
    )
    is_more = fields.Boolean(
        required=True, metadata={"description": "`from_staff_id` has more; ask again."}
    )


class AssignmentSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    since = Instant(required=True)
    assigned_by = fields.UUID(required=True, allow_none=True)


class AssignedSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    external_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    since = Instant(required=True)


AssignedPageSchema = page_schema(AssignedSchema, name="AssignedPage")
