"""The ledger of contacts on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from backend.contacts.rules import LABEL_PATTERN, Actor, EntryKind, Outcome
from backend.contacts.service import Contact
from backend.events.contacts import Channel
from backend.kit.fields import ExternalId, Instant, LongText, OutSchema, Pattern, StrictSchema
from backend.kit.paging import PageArgs, page_schema

LABEL_LENGTH_MAX = 40
NOTE_LENGTH_MAX = 2_000


def _one_of(names: Any) -> validate.OneOf:
    return validate.OneOf([str(name) for name in names])


class ContactPageArgs(PageArgs):
    """`?channel=` beside what a page takes."""

    channel = fields.String(load_default=None, validate=_one_of(Channel))


class ContactInSchema(StrictSchema):
    at = Instant(required=True, metadata={"description": "When it happened, within a year."})
    channel = fields.String(required=True, validate=_one_of(Channel))
    kind = fields.String(
        required=True,
        validate=_one_of(EntryKind),
        metadata={"description": "How far a try came, or what she said about contact."},
    )
    loan_id = fields.UUID(load_default=None, metadata={"description": "Which debt it was about."})
    contact = fields.String(
        load_default=None,
        validate=[
            validate.Length(1, LABEL_LENGTH_MAX),
            Pattern(LABEL_PATTERN, error="Must be a label, such as m1, not a number."),
        ],
        metadata={"description": "A label of the telephone or address, never the number itself."},
    )
    actor = fields.String(load_default=str(Actor.LENDER), validate=_one_of(Actor))
    outcome = fields.String(load_default=None, validate=_one_of(Outcome))
    note = LongText(
        1, NOTE_LENGTH_MAX, load_default=None, metadata={"description": "For staff; kept sealed."}
    )
    reference = ExternalId(
        load_default=None, metadata={"description": "Your own id of it: sent again, it is one."}
    )

    @post_load
    def as_contact(self, values: dict[str, Any], **_: Any) -> Contact:
        """What the service takes."""
        outcome = values.pop("outcome")
        return Contact(
            channel=Channel(values.pop("channel")),
            kind=EntryKind(values.pop("kind")),
            actor=Actor(values.pop("actor")),
            outcome=None if outcome is None else Outcome(outcome),
            **values,
        )


class StaffContactSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    at = Instant(required=True)
    channel = fields.String(required=True)
    kind = fields.String(required=True)
    loan_id = fields.UUID(required=True, allow_none=True)
    contact = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True)
    made_by = fields.String(required=True, metadata={"description": "staff, machine or borrower."})
    staff_id = fields.UUID(required=True, allow_none=True)
    purpose = fields.String(
        required=True, allow_none=True, metadata={"description": "Why a machine sent it."}
    )
    rule_ids = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "What a machine's message was judged by, before it was sent."},
    )
    outcome = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    recorded_at = Instant(required=True)


StaffContactPageSchema = page_schema(StaffContactSchema, name="StaffContactPage")


class KeptRuleSchema(OutSchema):
    id = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "In your language."})


class OwnContactSchema(OutSchema):
    id = fields.UUID(required=True)
    at = Instant(required=True)
    channel = fields.String(required=True)
    channel_text = fields.String(required=True)
    kind = fields.String(required=True)
    kind_text = fields.String(required=True, metadata={"description": "In your language."})
    outcome = fields.String(required=True, allow_none=True)
    outcome_text = fields.String(required=True, allow_none=True)
    who = fields.String(required=True)
    who_text = fields.String(required=True)
    purpose = fields.String(required=True, allow_none=True)
    purpose_text = fields.String(
        required=True, allow_none=True, metadata={"description": "Why you got a message."}
    )
    rules = fields.List(
        fields.Nested(KeptRuleSchema),
        required=True,
        metadata={"description": "What a message was held to, before it was sent."},
    )
    contact = fields.String(required=True, allow_none=True)
    loan_id = fields.UUID(required=True, allow_none=True)


OwnContactPageSchema = page_schema(OwnContactSchema, name="OwnContactPage")
