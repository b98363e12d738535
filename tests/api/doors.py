"""The doors of the application, read from its own map of addresses."""

import re
from dataclasses import dataclass
from uuid import UUID

from flask import Flask

from backend import app as assembly
from backend.kit.audience import Audience, audience_of, audiences_of, permission_of

# Not part of the product's interface: alive, ready, figures, the API browser.
OPERATORS = ("health", "api-docs")
PLACE = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
STRANGER = UUID(int=404)
SAMPLES = {"uuid": str(STRANGER), "int": "1", "month": "2026-10", "queue": "general"}


@dataclass(frozen=True)
class Door:
    """One method of one address, and who may enter."""

    method: str
    rule: str
    audience: Audience
    permission: str | None
    serves: frozenset[Audience] = frozenset()

    def path(self, **known: str) -> str:
        """With these ids in it, and made-up ones for the rest."""

        def fill(found: re.Match[str]) -> str:
            kind, name = found["kind"], found["name"]
            return known.get(name) or SAMPLES.get(name) or SAMPLES.get(kind, "nothing")

        return PLACE.sub(fill, self.rule)

    @property
    def ids(self) -> set[str]:
        """The names of the ids in its address."""
        return {found["name"] for found in PLACE.finditer(self.rule) if found["kind"] == "uuid"}

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def list_doors() -> list[Door]:
    """Every method of every address of the product's interface."""
    app = Flask("doors", static_folder=None)
    app.config.update(assembly.openapi_config())
    assembly.document(app)
    found = []
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.rpartition(".")[0]
        if name in OPERATORS:
            continue
        blueprint = app.blueprints[name]
        audience = audience_of(blueprint)
        assert audience is not None, f"{rule.rule} has no audience"
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            needed = permission_of(blueprint, view, method)  # type: ignore[arg-type]
            serves = frozenset(audiences_of(blueprint, view, method))  # type: ignore[arg-type]
            found.append(Door(method, rule.rule, audience, needed, serves))
    return sorted(found, key=str)


DOORS = list_doors()
