"""The catalogue of facts, the lender's own facts, and how many a condition holds for."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import locale, refuses
from backend.kit.predicates import parse
from backend.kit.problems import NotFound
from backend.profile import queries, service
from backend.profile.errors import FactNameTaken
from backend.profile.schemas import (
    AudienceCountSchema,
    AudienceSchema,
    ExtraFactSchema,
    ExtraFactsSchema,
    FactEditSchema,
    FactInSchema,
    FactsSchema,
)

blp = blueprint(
    "profile",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="The facts that policies read: their catalogue, and how many a condition fits.",
    permission="facts.read",
)


@blp.route("/facts")
class Facts(MethodView):
    @blp.response(200, FactsSchema)
    def get(self) -> dict[str, Any]:
        """Every fact that a policy may read, with its meaning in the reader's language."""
        with reading() as session:
            facts = queries.get_catalogue(session).facts.values()
        language = locale()
        return {
            "items": [
                {
                    "name": fact.name,
                    "type": str(fact.type),
                    "unit": fact.unit,
                    "source": fact.source,
                    "freshness": fact.freshness,
                    "label": fact.label.in_(language),
                    "definition": fact.definition.in_(language),
                    "actionable": fact.actionable,
                    "action": fact.action.in_(language) if fact.action else None,
                    "is_extra": fact.is_extra,
                }
                for fact in facts
            ]
        }


@blp.route("/facts/extra")
class ExtraFacts(MethodView):
    @blp.response(200, ExtraFactsSchema)
    def get(self) -> dict[str, Any]:
        """The facts that the lender declared, with their words in both languages."""
        with reading() as session:
            return {"items": queries.list_declared(session)}

    @permits("facts.write")
    @refuses(FactNameTaken)
    @blp.arguments(FactInSchema)
    @blp.response(201, ExtraFactSchema)
    def post(self, values: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
        """Declare a fact; from now on the core system may send it."""
        with transaction() as session:
            service.declare_fact(session, values=values, staff_id=caller().id, now=clock.now())
            declared = queries.get_declared(session, name=values["name"])
        return declared, 201, headers_of(declared.version)


@blp.route("/facts/extra/<string:name>")
class ExtraFact(MethodView):
    @refuses(NotFound)
    @blp.response(200, ExtraFactSchema)
    def get(self, name: str) -> tuple[Any, int, dict[str, str]]:
        """One declared fact."""
        with reading() as session:
            declared = queries.get_declared(session, name=name)
        return declared, 200, headers_of(declared.version)

    @edits_version
    @permits("facts.write")
    @refuses(NotFound)
    @blp.arguments(FactEditSchema)
    @blp.response(200, ExtraFactSchema)
    def put(self, changes: dict[str, Any], name: str) -> tuple[Any, int, dict[str, str]]:
        """Change its words. Its name and type stay what they are."""
        version = version_edited()
        with transaction() as session:
            service.edit_fact(session, name=name, version=version, changes=changes)
            declared = queries.get_declared(session, name=name)
        return declared, 200, headers_of(declared.version)

    @edits_version
    @permits("facts.write")
    @refuses(NotFound)
    @blp.response(204)
    def delete(self, name: str) -> None:
        """Retire it: no new policy may name it, published ones go on."""
        version = version_edited()
        with transaction() as session:
            service.retire_fact(session, name=name, version=version, now=clock.now())


@blp.route("/audiences/count")
class AudienceCount(MethodView):
    @permits("audiences.count")
    @blp.arguments(AudienceSchema)
    @blp.response(200, AudienceCountSchema)
    def post(self, args: dict[str, Any]) -> dict[str, int]:
        """How many borrowers a condition holds for today."""
        with reading() as session:
            catalogue = queries.get_catalogue(session)
            predicate = parse(args["predicate"], facts=catalogue.types, pointer="#/predicate")
            count = queries.count_audience(session, predicate=predicate, now=clock.now())
        return {"borrowers": count}
