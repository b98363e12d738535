"""What staff log-in takes and gives."""

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.fields import OutSchema, StrictSchema
from backend.staff.schemas import Email, OneTimeCode, Password

QUERY_LENGTH_MAX = 4_096


class StaffLogInSchema(StrictSchema):
    """An address, a password, and one of the two kinds of second factor."""

    email = Email(required=True)
    password = Password(required=True)
    totp_code = OneTimeCode()
    recovery_code = OneTimeCode()

    @validates_schema
    def give_one_second_factor(self, data, **_: object) -> None:  # type: ignore[no-untyped-def]
        """A code from the app, or else one of the recovery codes."""
        if ("totp_code" in data) == ("recovery_code" in data):
            raise ValidationError("Name either totp_code or recovery_code.", "totp_code")


class StaffEnrolmentInSchema(StrictSchema):
    """An enrolment code, and the password that its bearer chooses."""

    email = Email(required=True)
    enrolment_code = OneTimeCode(required=True)
    password = Password(required=True)


class StaffEnrolmentSchema(OutSchema):
    """Shown once; the account is not active before a first code confirms it."""

    totp_secret = fields.String(required=True, metadata={"description": "Base32, for an app."})
    otpauth_uri = fields.String(required=True, metadata={"description": "The same for a QR code."})
    recovery_codes = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Ten codes, each of which opens the account once."},
    )


class StaffEnrolmentConfirmationSchema(StrictSchema):
    """The first code of the new second factor."""

    email = Email(required=True)
    enrolment_code = OneTimeCode(required=True)
    totp_code = OneTimeCode(required=True)


class SsoCallbackArgs(StrictSchema):
    """What the provider sends the browser back with [RFC 6749, RFC 9207]."""

    class Meta:
        # Providers add parameters of their own; none of them is read.
        unknown = "exclude"

    state = fields.String(load_default="", validate=validate.Length(0, QUERY_LENGTH_MAX))
    code = fields.String(load_default="", validate=validate.Length(0, QUERY_LENGTH_MAX))
    iss = fields.String(load_default=None, validate=validate.Length(0, QUERY_LENGTH_MAX))
    error = fields.String(load_default=None, validate=validate.Length(0, QUERY_LENGTH_MAX))
