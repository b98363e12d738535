"""What the assembled application promises: doors, hearers, a current interface."""

from collections import Counter
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
import pytest
from flask import Flask

import backend.events
from backend import app as assembly
from backend.commands.operate import OPENAPI_FILE, openapi_document
from backend.kit.audience import Audience, audience_of, permission_of
from backend.kit.outbox import Event
from backend.staff.rules import PERMISSIONS
from tests.clock import NOW, TODAY

ROOT = Path(__file__).parents[2]

for found in walk_packages(backend.events.__path__, "backend.events."):
    import_module(found.name)

EVENTS = [kind for kind in Event.registry.values() if kind.__module__.startswith("backend.events")]
SAMPLES: dict[Any, Any] = {
    UUID: UUID(int=7),
    str: "words",
    int: 3,
    bool: False,
    date: TODAY,
    datetime: NOW,
    Decimal: Decimal("0.5"),
}


def _sample_of(hint):
    kinds = [kind for kind in get_args(hint) or (hint,) if kind not in (NoneType, ...)]
    if get_origin(hint) is tuple:
        return (SAMPLES[kinds[0]],)
    known = [kind for kind in kinds if kind in SAMPLES]
    # A Literal's arguments are its values.
    return SAMPLES[known[0]] if known else kinds[0]


def _sample(kind):
    hints = get_type_hints(kind)
    return kind(**{field.name: _sample_of(hints[field.name]) for field in fields(kind)})


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_survives_its_storage(kind):
    event = _sample(kind)
    stored = orjson.loads(orjson.dumps(event.payload()))
    restored = kind.restore(
        borrower_id=event.borrower_id, occurred_at=event.occurred_at, payload=stored
    )
    assert restored == event


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_has_a_hearer_or_says_why_not(kind):
    heard = {event for handler in assembly.handlers() for event in handler.hears}
    unheard = {event for wiring in assembly.WIRINGS for event in wiring.unheard}
    assert (kind in heard) != (kind in unheard)


def test_no_name_is_given_twice():
    for names in (
        [handler.name for handler in assembly.handlers()],
        [job.name for job in assembly.jobs()],
        [audit.name for audit in assembly.audits()],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_route_has_a_door(app: Flask):
    open_routes = []
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        # flask-smorest's own blueprint serves the interface's file.
        if rule.endpoint.startswith("api-docs"):
            continue
        if blueprint is None or audience_of(blueprint) is None:
            open_routes.append(str(rule))
    assert open_routes == []


def test_every_staff_and_client_view_names_a_permission_that_somebody_has(app: Flask):
    held = frozenset().union(*PERMISSIONS.values())
    wrong = []
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        audience = audience_of(blueprint) if blueprint else None
        if audience not in (Audience.STAFF, Audience.CLIENT):
            continue
        view = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            permission = permission_of(blueprint, view, method)
            if not permission or (audience is Audience.STAFF and permission not in held):
                wrong.append(f"{method} {rule}: {permission}")
    assert wrong == []


def test_the_interface_on_file_is_the_one_in_the_code():
    assert (ROOT / OPENAPI_FILE).read_text() == openapi_document(), "run `goodfaith openapi`"
