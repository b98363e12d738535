"""A lead moderator looks through the rules and changes their modes."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import refuses
from community import wall
from community.rulebook import queries, service
from community.rulebook.errors import RuleModeRefused, RuleUnknown, RuleUnproven
from community.rulebook.schemas import RuleModeInSchema, RulesSchema

blp = blueprint(
    "rulebook",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/moderation/rules",
    description="The mode of each detector, who put it there and why, and how often it was right.",
    permission="moderation.lead",
)


@blp.route("")
class Rules(MethodView):
    @blp.response(200, RulesSchema)
    def get(self) -> dict[str, Any]:
        """Every rule with its mode, figures and latest changes."""
        with wall.reading() as session:
            return {"items": queries.list_rules(session)}


@blp.route("/<string:rule_id>/mode")
class RuleMode(MethodView):
    @refuses(RuleUnknown, RuleModeRefused, RuleUnproven)
    @blp.arguments(RuleModeInSchema)
    @blp.response(200, RulesSchema)
    def put(self, args: dict[str, Any], rule_id: str) -> dict[str, Any]:
        """Put a rule into a mode. Other processes follow within seconds."""
        with wall.transaction() as session:
            service.change_mode(
                session, rule_id=rule_id, staff_id=caller().id, now=clock.now(), **args
            )
            return {"items": queries.list_rules(session)}
