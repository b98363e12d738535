"""Schemathesis over the whole interface: what is documented is what is answered, to everybody."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.schemas import APIOperation
from sqlalchemy.orm import Session

from backend.commands.operate import openapi_document
from backend.staff.rules import Role
from tests.api.conftest import ALL_ROLES, World
from tests.conftest import DEEP
from tests.factories.cases import dispute_of, promise_of, waiver_request_of
from tests.factories.catalogue import make_item, redemption_of
from tests.factories.community import make_thread
from tests.factories.hardship import make_case
from tests.factories.procedures import procedure_of
from tests.factories.quotes import quote_of
from tests.factories.viewers import make_assignment
from tests.factories.webhooks import endpoint_of
from tests.fixtures.api import Api, new_key

EXAMPLES = 300 if DEEP else 10
# Of each role by itself: all of them together are tried as one member of staff, at length.
EXAMPLES_OF_ROLES = 40 if DEEP else 10
# Whom a door is not for is told so before anything is read: few words suffice.
EXAMPLES_OF_STRANGERS = 20 if DEEP else 2

# Beside the usual answers: 422 for what a schema cannot say (which zones there are, a cursor of
# this list, a day after another), 412 for an ETag that is not the present one,
# 429 where one log-in or number was tried too often: examples repeat themselves.
ACCEPTANCE = PositiveDataAcceptanceConfig(
    expected_statuses=["2xx", 401, 403, 404, 409, 412, 422, 429],
)
CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(
            generation=GenerationConfig(
                deterministic=not DEEP,
                # The token is the persona's; made-up ones are tried in `test_bad_tokens`.
                with_security_parameters=False,
            ),
            checks=ChecksConfig(positive_data_acceptance=ACCEPTANCE),
        )
    )
)
SCHEMA = schemathesis.openapi.from_dict(json.loads(openapi_document()), config=CONFIG)


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: Any, body: Any) -> dict[str, Any]:
    """Whatever the fuzzer makes of them."""
    return {"data": body if isinstance(body, bytes) else str(body).encode(errors="replace")}


class Door:
    """Leads to the test's application; operations are read before there is one."""

    app: Flask

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.app(environ, start_response)


DOOR = Door()
SCHEMA.app = DOOR
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)


@dataclass(frozen=True)
class Persona:
    """Somebody with her token, and the ids that she knows."""

    name: str
    audience: str
    headers: dict[str, str]
    ids: dict[str, str]
    hidden: tuple[str, ...] = ()
    examples: int = EXAMPLES


@pytest.fixture(autouse=True)
def application(app: Flask) -> None:
    DOOR.app = app


@pytest.fixture
def personas(
    world: World,
    session: Session,
    behind_the_wall: Session,
    public_api: Api,
    client_api: Api,
    borrower_api: Callable[..., Api],
    staff_api: Callable[..., Api],
) -> list[Persona]:
    ids = {
        "loan_id": world.ann.loan_id,
        "borrower_id": str(world.ann.id),
        "loan_external_id": world.ann.loan_external_id,
        "borrower_external_id": world.ann.external_id,
        "external_id": world.ann.loan_external_id,
        "month": "2026-08",
        "version": "1",
        "code": "six_in_a_row",
        "redemption_id": redemption_of(session, world.ann.id, is_claimed=True),
        "item_id": str(make_item(session)),
        "promise_id": promise_of(session, world.ann.id, loan_id=world.ann.loan_id),
        "dispute_id": dispute_of(session, world.ann.id, loan_id=world.ann.loan_id),
        "request_id": waiver_request_of(session, world.ann.id, loan_id=world.ann.loan_id),
        "procedure_id": procedure_of(session, world.ann.id),
        **make_case(session, world.ann.id, staff=(staff_api().id, staff_api().id)),
        **endpoint_of(client_api),
        **make_thread(behind_the_wall, world.ann.id, by=world.bea.id),
        "quote_id": quote_of(session, world.ann.id, world.ann.loan_id),
    }
    own, other = borrower_api(world.ann.id), borrower_api(world.bea.id)
    manager = staff_api(Role.ACCOUNT_MANAGER)
    make_assignment(session, staff_id=manager.id, borrower_id=world.ann.id)
    # Each role by itself takes its time, and the doors are tried with each anyway.
    others = [role for role in Role if DEEP and role is not Role.ACCOUNT_MANAGER]
    return [
        Persona("nobody", "public", public_api.headers, ids, world.ann.secrets),
        Persona("a borrower", "borrower", own.headers, ids, world.bea.secrets),
        Persona("another borrower", "borrower", other.headers, ids, world.ann.secrets),
        Persona("staff", "staff", staff_api(*ALL_ROLES).headers, ids),
        Persona("client", "client", client_api.headers, ids),
        Persona(
            "her account manager",
            "staff",
            manager.headers,
            ids,
            world.bea.secrets,
            examples=EXAMPLES_OF_ROLES,
        ),
        *(
            Persona(role, "staff", staff_api(role).headers, ids, examples=EXAMPLES_OF_ROLES)
            for role in others
        ),
    ]


@every_operation
def test_every_answer_is_documented_and_nobody_reads_what_is_not_hers(
    operation: APIOperation, personas: list[Persona]
) -> None:
    for persona in personas:
        own = audience_of(operation) in (persona.audience, "public")
        count = persona.examples if own else EXAMPLES_OF_STRANGERS
        for mode in GenerationMode:
            _try(operation, persona, mode=mode, examples=max(1, count // 2))


def audience_of(operation: APIOperation) -> str:
    security = operation.definition.raw["security"]
    return next(iter(security[0])) if security else "public"


def _try(operation: APIOperation, persona: Persona, *, mode: GenerationMode, examples: int) -> None:
    @hypothesis_settings(
        max_examples=examples,
        derandomize=not DEEP,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Case) -> None:
        headers = persona.headers
        if mode is GenerationMode.POSITIVE:
            _make_meaningful(case, persona)
            headers = headers | _key_of(operation)
        response = case.call(headers=headers)
        case.validate_response(response, headers=persona.headers)
        leaked = [secret for secret in persona.hidden if secret.encode() in response.content]
        assert leaked == [], f"{persona.name} read {leaked}"
        if persona.name == "another borrower" and _names_a_loan(case, persona):
            assert response.status_code in (404, 422), response.text

    try:
        attempt()
    except Unsatisfiable:
        # Where nothing is taken, or any text is, nothing wrong can be said.
        assert mode is GenerationMode.NEGATIVE


def _key_of(operation: APIOperation) -> dict[str, str]:
    """A new act each time; what a repeat does is tested where keys are."""
    names = {parameter["name"] for parameter in operation.definition.raw.get("parameters", ())}
    return new_key() if "Idempotency-Key" in names else {}


def _make_meaningful(case: Case, persona: Persona) -> None:
    """Let most valid input speak of things that exist."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = persona.ids.get(name, case.path_parameters[name])
    if isinstance(case.body, dict):
        for name in ("loan_external_id", "borrower_external_id"):
            if name in case.body:
                case.body[name] = persona.ids[name]


def _names_a_loan(case: Case, persona: Persona) -> bool:
    named: Any = (case.path_parameters or {}).get("loan_id")
    return named == persona.ids["loan_id"]
