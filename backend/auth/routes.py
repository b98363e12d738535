"""Getting tokens, renewing them, and giving them up."""

from typing import Any
from uuid import UUID

from flask import current_app, request
from flask.views import MethodView

from backend.auth import queries, sending, service, signing
from backend.auth.errors import (
    CodeNotAccepted,
    SessionEnded,
    SessionNotFound,
    TooManyCodes,
    WhichBorrower,
)
from backend.auth.rules import label_of
from backend.auth.schemas import (
    OtpChallengeSchema,
    OtpSchema,
    RefreshSchema,
    SessionPageSchema,
    TokenAnswerSchema,
    VerifySchema,
)
from backend.auth.service import Challenge, TokenAnswer
from backend.borrowers.errors import invalid_phone
from backend.borrowers.rules import find_phone, region_of
from backend.kit import clock
from backend.kit.addresses import client_address
from backend.kit.audience import Audience, also, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import Problem

LOGGED_OUT = "logged_out"
ENDED_BY_OWNER = "ended_by_owner"

# Times are technical time throughout: a session ages even when a demo's day rests.
blp = blueprint(
    "auth",
    __name__,
    audience=Audience.PUBLIC,
    url_prefix="/v1/auth",
    description="Log-in, tokens and sessions.",
)
own_blp = blueprint(
    "auth",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1",
    description="Log-in, tokens and sessions.",
)


@blp.route("/otp")
class OtpView(MethodView):
    @blp.arguments(OtpSchema)
    @blp.response(202, OtpChallengeSchema)
    @refuses(TooManyCodes)
    def post(self, body: dict[str, Any]) -> Challenge:
        """Have a log-in code sent to your telephone.

        The answer is the same whether or not the number is known to your lender.
        """
        phone = find_phone(body["phone"], region=region_of(locale()))
        if phone is None:
            raise invalid_phone()
        with transaction() as session:
            challenge = service.request_code(
                session,
                phone=phone,
                address=client_address(),
                per_day=current_app.config["OTP_PER_DAY"],
                now=clock.wall(),
            )
        # After the commit, by somebody else: neither body nor time tells whose number it is.
        sending.send_later(challenge, phone=phone, locale=locale())
        return challenge


@blp.route("/otp/verify")
class OtpVerifyView(MethodView):
    @blp.arguments(VerifySchema)
    @blp.response(200, TokenAnswerSchema)
    @refuses(CodeNotAccepted, WhichBorrower)
    def post(self, body: dict[str, Any]) -> TokenAnswer:
        """Log in with the code.

        It works once, for five minutes and five tries. Whatever is wrong, the refusal is the same.
        """
        with transaction() as session:
            outcome = service.verify_code(
                session,
                signing.current(),
                challenge_id=body["challenge_id"],
                code=body["code"],
                born_on=body["born_on"],
                label=label_of(body["label"], user_agent=request.headers.get("User-Agent")),
                now=clock.wall(),
            )
        # Raised here, because the try that it cost is to be stored.
        if isinstance(outcome, Problem):
            raise outcome
        return outcome


@blp.route("/refresh")
class RefreshView(MethodView):
    @blp.arguments(RefreshSchema)
    @blp.response(200, TokenAnswerSchema)
    @refuses(SessionEnded)
    def post(self, body: dict[str, Any]) -> TokenAnswer:
        """Exchange a refresh token for its successor and a new access token.

        A repeat within 30 seconds is given the same answer. Used later once more, a token ends its
        whole session: somebody else may hold it.
        """
        with transaction() as session:
            answer = service.refresh(
                session,
                signing.current(),
                refresh_token=body["refresh_token"],
                now=clock.wall(),
            )
        if answer is None:
            raise SessionEnded
        return answer


@own_blp.route("/auth/logout")
class LogoutView(MethodView):
    @own_blp.response(204)
    @also(Audience.STAFF)
    def post(self) -> None:
        """Log out: this session ends, and its tokens open nothing more."""
        who, now = caller(), clock.wall()
        with transaction() as session:
            service.revoke_token(session, token_id=who.token_id, now=now)
            if who.session_id is not None:
                service.revoke_session(
                    session,
                    subject_id=who.id,
                    session_id=who.session_id,
                    cause=LOGGED_OUT,
                    now=now,
                )


@own_blp.route("/me/sessions")
class SessionsView(MethodView):
    @own_blp.arguments(PageArgs, location="query")
    @own_blp.response(200, SessionPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Where you are logged in, newest first."""
        who = caller()
        with reading() as session:
            found = queries.list_sessions(session, subject_id=who.id, now=clock.wall(), args=args)
        items = [dict(row._mapping) | {"current": row.id == who.session_id} for row in found.items]
        return Page(items, found.next_cursor)

    @own_blp.response(204)
    def delete(self) -> None:
        """Log out everywhere else; this session stays."""
        who = caller()
        with transaction() as session:
            service.revoke_others(
                session,
                subject_id=who.id,
                but=who.session_id,
                cause=ENDED_BY_OWNER,
                now=clock.wall(),
            )


@own_blp.route("/me/sessions/<uuid:session_id>")
class SessionView(MethodView):
    @own_blp.response(204)
    @refuses(SessionNotFound)
    def delete(self, session_id: UUID) -> None:
        """Log out there, such as on a phone that you lost."""
        with transaction() as session:
            is_ended = service.revoke_session(
                session,
                subject_id=caller().id,
                session_id=session_id,
                cause=ENDED_BY_OWNER,
                now=clock.wall(),
            )
            if not is_ended:
                raise SessionNotFound
