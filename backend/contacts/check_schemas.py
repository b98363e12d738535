"""The check of a contact on the wire: of a borrower, or of a case that somebody describes."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from backend.contacts.rules import (
    LABEL_PATTERN,
    PURPOSES,
    Actor,
    Approach,
    Entry,
    EntryKind,
    Known,
    Regime,
    ThirdParty,
    Window,
)
from backend.contacts.service import Question
from backend.events.contacts import Channel
from backend.kit.fields import Instant, OutSchema, Pattern, ShortText, StrictSchema, Truth, Zone

LABEL_LENGTH_MAX = 40
HISTORY_MAX = 500
WINDOWS_MAX = 10
CASE_ZONES_MAX = 50
PAIR = 2
# Beyond lies a slip of the keyboard, and arithmetic that overflows.
FIRST_AT, LAST_AT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
REACHABLE = "debtor_reachable"
UNREACHABLE = "debtor_unreachable"


def _one_of(names: Any) -> validate.OneOf:
    return validate.OneOf([str(name) for name in names])


def _moment() -> Instant:
    return Instant(required=True, validate=validate.Range(FIRST_AT, LAST_AT))


def _label(**more: Any) -> fields.String:
    return fields.String(
        load_default=None,
        validate=[
            validate.Length(1, LABEL_LENGTH_MAX),
            Pattern(LABEL_PATTERN, error="Must be a label, such as m1, not a number."),
        ],
        **more,
    )


def _begins_and_ends(pair: list[str]) -> None:
    if len(pair) != PAIR:
        raise ValidationError("Must be two times of day.")
    start, end = pair
    if start in {"24:00", end}:
        raise ValidationError("Must begin within the day, and not when it ends.")


def _windows(description: str) -> Any:
    """Pairs such as ["22:00", "23:00"]: from the first up to, not including, the second."""
    time = fields.String(validate=Pattern(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
    return fields.List(
        fields.List(time, validate=_begins_and_ends),
        load_default=[],
        validate=validate.Length(max=WINDOWS_MAX),
        metadata={"description": description},
    )


def as_windows(pairs: list[list[str]]) -> list[Window]:
    """What rules read."""
    return [Window.of(start, end) for start, end in pairs]


class PastContactSchema(StrictSchema):
    at = _moment()
    channel = fields.String(required=True, validate=_one_of(Channel))
    kind = fields.String(required=True, validate=_one_of(EntryKind))
    debt = ShortText(1, 100, load_default=None)
    contact = _label()
    actor = fields.String(
        load_default=str(Actor.LENDER),
        validate=_one_of(Actor),
        metadata={"description": "Both count together."},
    )

    @post_load
    def as_entry(self, values: dict[str, Any], **_: Any) -> Entry:
        """What the law reads."""
        return Entry(
            at=values["at"],
            channel=Channel(values["channel"]),
            kind=EntryKind(values["kind"]),
            debt=values["debt"],
            contact=values["contact"],
        )


class ContactCaseSchema(StrictSchema):
    """What is known of somebody; nothing of it is stored."""

    timezone = Zone(load_default=None)
    candidate_zones = fields.List(
        Zone(),
        load_default=None,
        validate=validate.Length(1, CASE_ZONES_MAX),
        metadata={"description": "Where she may be, when that is not sure: each must allow."},
    )
    agreed_windows = _windows("Times of day that she agreed to.")
    inconvenient_windows = _windows("Times of day that do not suit her.")
    history = fields.List(
        fields.Nested(PastContactSchema), load_default=[], validate=validate.Length(max=HISTORY_MAX)
    )

    @validates_schema(skip_on_field_errors=True)
    def know_one_place(self, values: dict[str, Any], **_: Any) -> None:
        """A zone, or those that it may be. Refuses: ValidationError."""
        if (values["timezone"] is None) == (values["candidate_zones"] is None):
            raise ValidationError("Either this or candidate_zones.", "timezone")


class ThirdPartySchema(StrictSchema):
    reason = fields.String(required=True, validate=validate.OneOf([UNREACHABLE, REACHABLE]))
    discloses_debt = Truth(required=True)
    refused_before = Truth(required=True)

    @post_load
    def as_third_party(self, values: dict[str, Any], **_: Any) -> ThirdParty:
        """What the law reads."""
        return ThirdParty(
            is_debtor_unreachable=values["reason"] == UNREACHABLE,
            discloses_debt=values["discloses_debt"],
            refused_before=values["refused_before"],
        )


class ContactCheckInSchema(StrictSchema):
    borrower_id = fields.UUID(load_default=None)
    case = fields.Nested(ContactCaseSchema, load_default=None)
    regime = fields.String(
        load_default=None,
        validate=_one_of(Regime),
        metadata={"description": "Whose law binds; of a borrower, when absent, that of her loans."},
    )
    channel = fields.String(required=True, validate=_one_of(Channel))
    purpose = fields.String(required=True, validate=validate.OneOf(sorted(PURPOSES)))
    at = _moment()
    debt = ShortText(
        1, 100, load_default=None, metadata={"description": "A label; of a borrower, a loan's id."}
    )
    contact = _label(metadata={"description": "A label of what is dialled or written to."})
    third_party = fields.Nested(
        ThirdPartySchema,
        load_default=None,
        metadata={"description": "When somebody else is asked about her."},
    )

    @validates_schema(skip_on_field_errors=True)
    def ask_of_one(self, values: dict[str, Any], **_: Any) -> None:
        """A borrower, or a case with its regime. Refuses: ValidationError."""
        if (values["borrower_id"] is None) == (values["case"] is None):
            raise ValidationError("Either this or case.", "borrower_id")
        if values["case"] is not None and values["regime"] is None:
            raise ValidationError("A described case names its regime.", "regime")

    @post_load
    def as_question(self, values: dict[str, Any], **_: Any) -> Question:
        """What the service takes."""
        regime = None if values["regime"] is None else Regime(values["regime"])
        case = values["case"]
        return Question(
            borrower_id=values["borrower_id"],
            known=None if case is None or regime is None else _known(case, regime),
            regime=regime,
            approach=Approach(
                channel=Channel(values["channel"]),
                purpose=values["purpose"],
                debt=values["debt"],
                contact=values["contact"],
                third_party=values["third_party"],
            ),
            at=values["at"],
        )


def _known(case: dict[str, Any], regime: Regime) -> Known:
    zones = case["candidate_zones"] or [case["timezone"]]
    return Known(
        regimes=frozenset({regime}),
        zones=tuple(dict.fromkeys(zones)),
        agreed=tuple(as_windows(case["agreed_windows"])),
        inconvenient=tuple(as_windows(case["inconvenient_windows"])),
        entries=tuple(case["history"]),
    )


class ContactRuleSchema(OutSchema):
    id = fields.String(required=True)
    effect = fields.String(
        required=True,
        metadata={"description": "`block`: the law's; `defer`: our own, which only postpones."},
    )
    citation = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "In your language."})


class ContactCheckSchema(OutSchema):
    allowed = fields.Boolean(required=True, metadata={"description": "By the law alone."})
    rules = fields.List(fields.Nested(ContactRuleSchema), required=True)
    allowed_from = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "The first instant that the law allows; null: none by waiting."},
    )


class ContactRuleRowSchema(ContactRuleSchema):
    regime = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: under every regime."}
    )
    channels = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Null: every one."},
    )
    purposes = fields.List(
        fields.String(), required=True, metadata={"description": "Those that it speaks of."}
    )
    predicate = fields.Dict(
        required=True, metadata={"description": "When it bites: its kind and its figures."}
    )
    certainty = fields.String(
        required=True,
        metadata={"description": "`own` word; a text that we `adopted`; or as we `read` it."},
    )
    valid_from = fields.Date(required=True)


class ContactRuleListSchema(OutSchema):
    items = fields.List(fields.Nested(ContactRuleRowSchema), required=True)


class ContactWindowsSchema(StrictSchema):
    agreed = _windows("Times of day at which we may reach you although it is early or late.")
    inconvenient = _windows("Times of day that do not suit you.")

    @post_load
    def as_windows(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What the service takes."""
        return {name: as_windows(pairs) for name, pairs in values.items()}
