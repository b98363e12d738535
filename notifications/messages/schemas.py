"""Messages on the wire."""

from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from marshmallow import fields, validate

from backend.borrowers.service import AccessPurpose, purpose_missing
from backend.events.contacts import Purpose
from backend.kit.fields import Day, Instant, OutSchema, Pattern, StrictSchema
from backend.kit.paging import PageArgs, page_schema

SUBJECT_PATTERN = r"^[a-z_]{1,40}:[0-9a-f-]{36}$"


class MessageArgs(PageArgs):
    purpose = fields.String(load_default=None, validate=validate.OneOf(list(Purpose)))
    subject = fields.String(
        load_default=None,
        validate=Pattern(SUBJECT_PATTERN, error="Must be such as loan:ID."),
        metadata={"description": "What it was about, such as `plan:ID`."},
    )
    from_on = Day(load_default=None, data_key="from", metadata={"description": "First day."})
    to_on = Day(load_default=None, data_key="to", metadata={"description": "Last day."})


class MessageReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)
    citation = fields.String(
        required=True, allow_none=True, metadata={"description": "Of a rule of contact."}
    )


class MessageWaySchema(OutSchema):
    id = fields.UUID(required=True, metadata={"description": "Of the delivery."})
    channel = fields.String(required=True)
    channel_text = fields.String(required=True)
    platform = fields.String(required=True, allow_none=True)
    standing = fields.String(required=True)
    standing_text = fields.String(required=True)
    reasons = fields.List(fields.Nested(MessageReasonSchema), required=True)
    due_at = Instant(required=True)
    done_at = Instant(required=True, allow_none=True)
    received_at = Instant(required=True, allow_none=True)
    opened_at = Instant(required=True, allow_none=True)


class MessageSchema(OutSchema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    purpose = fields.String(required=True)
    why_text = fields.String(required=True)
    subject = fields.String(required=True)
    created_at = Instant(required=True)
    due_at = Instant(required=True)
    expires_at = Instant(required=True)
    standing = fields.String(required=True)
    standing_text = fields.String(required=True)
    reasons = fields.List(
        fields.Nested(MessageReasonSchema),
        required=True,
        metadata={"description": "Why it went no further, on any way."},
    )
    is_in_inbox = fields.Boolean(required=True)
    read_at = Instant(required=True, allow_none=True)
    ways = fields.List(fields.Nested(MessageWaySchema), required=True)


MessagePageSchema = page_schema(MessageSchema, name="MessagePage")


def as_instants(args: dict[str, Any], *, zone: str) -> dict[str, datetime | None]:
    """The days that were asked for, in a zone, as [since, before)."""
    first: date | None = args["from_on"]
    last: date | None = args["to_on"]
    return {
        "since": None if first is None else _start_of(first, zone),
        "before": None if last is None else _start_of(last + timedelta(days=1), zone),
    }


def _start_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


class LookArgs(StrictSchema):
    """The header by which staff say why they look; `borrowers.look` decides who need not.

    Refuses: PurposeMissing (a word that is no purpose).
    """

    purpose = fields.String(
        load_default=None,
        data_key="X-Access-Purpose",
        validate=validate.OneOf([str(purpose) for purpose in AccessPurpose]),
        metadata={"description": "Why you look; the borrower can read it."},
    )

    class Meta:
        unknown = "exclude"

    def handle_error(self, *_: Any, **__: Any) -> NoReturn:
        """Name the header and what may stand in it."""
        raise purpose_missing()
