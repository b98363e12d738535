"""Setting up an invited account: a password, a second factor, recovery codes."""

from typing import Any

from flask import Response, request

from backend.auth.staff_schemas import StaffEnrolmentConfirmationSchema, StaffEnrolmentInSchema
from backend.auth.wording import ENROL
from backend.kit import clock, console, rate_limit
from backend.kit.db import reading, transaction
from backend.kit.problems import Problem
from backend.staff import passwords
from backend.staff import service as staff
from backend.staff.errors import TotpCodeRefused

# Times are technical time throughout: codes age even when a demo's day rests.
blp = console.public_page_blueprint(
    "enrolment", __name__, url_prefix="/console/enrol", rate=rate_limit.LOG_IN
)


@blp.get("")
def show() -> Response:
    return _first_page()


@blp.post("")
def begin() -> Response:
    """The secret and the codes are shown once; whoever begins again gets others."""
    try:
        form = console.fields_of(StaffEnrolmentInSchema(unknown="exclude"))
        enrolment = _start(form)
    except Problem as problem:
        return _first_page(problem)
    return _second_page(form, enrolment=enrolment)


@blp.post("/confirm")
def confirm() -> Response:
    try:
        form = console.fields_of(StaffEnrolmentConfirmationSchema(unknown="exclude"))
        with transaction() as session:
            staff.confirm(
                session,
                email=form["email"].lower(),
                code=form["enrolment_code"],
                totp_code=form["totp_code"],
                now=clock.wall(),
            )
    except TotpCodeRefused as problem:
        return _second_page(request.form, problem=problem)
    except Problem as problem:
        return _first_page(problem)
    return console.render("auth/enrolled.html", title=ENROL["title"], said_here=ENROL)


def _start(form: dict[str, Any]) -> staff.Enrolment:
    email, code = form["email"].lower(), form["enrolment_code"]
    passwords.check_new(form["password"], email=email)
    with reading() as session:
        staff.check_code(session, email=email, code=code, now=clock.wall())
    # Hashing is slow, and no transaction waits for it.
    password_hash = passwords.hash_new(form["password"], email=email)
    with transaction() as session:
        return staff.start_enrolment(
            session, email=email, code=code, password_hash=password_hash, now=clock.wall()
        )


def _first_page(problem: Problem | None = None) -> Response:
    return console.render(
        "auth/enrol.html",
        title=ENROL["title"],
        problem=problem,
        said_here=ENROL,
        form=request.form,
    )


def _second_page(
    form: Any, *, enrolment: staff.Enrolment | None = None, problem: Problem | None = None
) -> Response:
    return console.render(
        "auth/second_factor.html",
        title=ENROL["second_title"],
        problem=problem,
        said_here=ENROL,
        email=form["email"],
        code=form["enrolment_code"],
        enrolment=enrolment,
    )
