"""How staff come in: enrolment, password with a second factor, single sign-on."""

from typing import Any

from flask import Response, request
from flask.views import MethodView

from backend.auth import console_pages, sign_on, signing
from backend.auth.attempts import attempt_of
from backend.auth.errors import OidcNotConfigured, ProviderAway
from backend.auth.schemas import TokenAnswerSchema
from backend.auth.service import TokenAnswer, staff_log_in
from backend.auth.staff_schemas import (
    SsoCallbackArgs,
    StaffEnrolmentConfirmationSchema,
    StaffEnrolmentInSchema,
    StaffEnrolmentSchema,
    StaffLogInSchema,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.rate_limit import LOG_IN
from backend.staff import passwords, queries
from backend.staff import service as staff
from backend.staff.errors import (
    EnrolmentNotStarted,
    EnrolmentRefused,
    LogInLocked,
    LogInRefused,
    SsoRefused,
    TotpCodeRefused,
)
from backend.staff.schemas import StaffAccountSchema

LABEL_LENGTH_MAX = 200

# Times are technical time throughout: codes and locks age even when a demo's day rests.
blp = blueprint(
    "auth_staff",
    __name__,
    audience=Audience.PUBLIC,
    url_prefix="/v1/auth/staff",
    description="Log-in, tokens and sessions.",
    rate=LOG_IN,
)
blp.tag = "auth"


@blp.route("/login")
class StaffLogIn(MethodView):
    @refuses(LogInRefused, LogInLocked)
    @blp.arguments(StaffLogInSchema)
    @blp.response(200, TokenAnswerSchema)
    def post(self, args: dict[str, Any]) -> TokenAnswer:
        """Log in with a password and a second factor: a code of the app, or a recovery code.

        Whatever is wrong, the answer is the same. After five failures in a row it is 429 for a
        minute, then for two, up to an hour, also for addresses that are nobody's.
        """
        attempt = attempt_of(args)
        with transaction() as session:
            decided = staff_log_in.log_in_staff(
                session, signing.current(), attempt=attempt, label=_label(), now=clock.wall()
            )
        if not isinstance(decided, TokenAnswer):
            raise decided
        return decided


@blp.route("/enrolments")
class Enrolments(MethodView):
    @refuses(EnrolmentRefused)
    @blp.arguments(StaffEnrolmentInSchema)
    @blp.response(201, StaffEnrolmentSchema)
    def post(self, args: dict[str, Any]) -> staff.Enrolment:
        """Turn an enrolment code into a password and a second factor, still to be confirmed.

        What it answers is shown once; a repeat gives another secret and forgets this one.
        """
        email, code = args["email"].lower(), args["enrolment_code"]
        passwords.check_new(args["password"], email=email)
        with reading() as session:
            staff.check_code(session, email=email, code=code, now=clock.wall())
        # Hashing is slow, and no transaction waits for it.
        password_hash = passwords.hash_new(args["password"], email=email)
        with transaction() as session:
            return staff.start_enrolment(
                session, email=email, code=code, password_hash=password_hash, now=clock.wall()
            )


@blp.route("/enrolments/confirm")
class EnrolmentConfirmation(MethodView):
    @refuses(EnrolmentRefused, EnrolmentNotStarted, TotpCodeRefused)
    @blp.arguments(StaffEnrolmentConfirmationSchema)
    @blp.response(200, StaffAccountSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Activate the account with the first code of its second factor."""
        with transaction() as session:
            staff_id = staff.confirm(
                session,
                email=args["email"].lower(),
                code=args["enrolment_code"],
                totp_code=args["totp_code"],
                now=clock.wall(),
            )
            return queries.get_account_view(session, staff_id=staff_id)


@blp.route("/oidc/start")
class SsoStart(MethodView):
    @refuses(OidcNotConfigured, ProviderAway)
    @blp.response(302)
    def get(self) -> Response:
        """Send the browser to the lender's sign-on provider."""
        return sign_on.start(status=302, is_for_console=False)


@blp.route("/oidc/callback")
class SsoCallback(MethodView):
    @refuses(OidcNotConfigured, ProviderAway, SsoRefused)
    @blp.arguments(SsoCallbackArgs, location="query")
    @blp.response(200, TokenAnswerSchema)
    def get(self, args: dict[str, Any]) -> TokenAnswer | Response:
        """Come back from the provider: a session, when its address is that of an active account.

        Begun at the console's log-in, it leads there.
        """
        if sign_on.is_for_console():
            return console_pages.come_in_by_sso(args)
        email = sign_on.finish(args)
        with transaction() as session:
            answer = staff_log_in.log_in_staff_by_sso(
                session, signing.current(), email=email, label=_label(), now=clock.wall()
            )
        if answer is None:
            raise SsoRefused
        return answer


def _label() -> str | None:
    """What the caller's program calls itself."""
    name = request.user_agent.string[:LABEL_LENGTH_MAX]
    return name if name.isprintable() and name else None
