"""A lead looks through the rules in a browser, and moves one on or back."""

from typing import Any

from flask import Response, request

from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import Area, Entry, done, fields_of, page_blueprint, render
from backend.kit.problems import Problem
from backend.kit.texts import Text
from community import wall
from community.detectors.rules import Mode
from community.rulebook import queries, service, wording
from community.rulebook.errors import RuleUnknown
from community.rulebook.rules import PRECISION_MIN, REVIEWED_MIN
from community.rulebook.schemas import RuleModeInSchema

URL = "/console/moderation/rules"
ORDER = list(Mode)
TONES = {Mode.SHADOW: "plain", Mode.FLAG: "wait", Mode.HOLD: "wait", Mode.BLOCK: "bad"}

blp = page_blueprint(
    "rulebook",
    __name__,
    url_prefix=URL,
    permission="moderation.lead",
    menu=(Entry(Area.MODERATION, Text("Rules", "规则"), URL, order=40),),
)


@blp.get("")
def index() -> Response:
    """Every rule with its mode, its figures and how often it was right."""
    with wall.reading() as session:
        rows = queries.list_rules(session)
    return render(
        "rulebook/rules.html",
        title=Text("Rules", "规则"),
        names=wording,
        says=wording.LABELS,
        tones=TONES,
        rows=rows,
        reviewed_min=REVIEWED_MIN,
        precision_min=PRECISION_MIN,
    )


@blp.get("/<string:rule_id>")
def rule(rule_id: str) -> Response:
    """One rule: what it came to, who moved it when and why."""
    return _rule(rule_id)


def _rule(rule_id: str, *, problem: Problem | None = None) -> Response:
    found = _find(rule_id)
    others = [mode for mode in found["modes"] if mode != found["mode"]]
    return render(
        "rulebook/rule.html",
        title=wording.RULES[rule_id],
        names=wording,
        says=wording.LABELS,
        tones=TONES,
        rule=found,
        order=ORDER,
        choices=[(mode, wording.MODES[mode]) for mode in ORDER if mode in others],
        following=_following(found),
        reviewed_min=REVIEWED_MIN,
        precision_min=PRECISION_MIN,
        problem=problem,
        form=request.form,
    )


def _following(rule: dict[str, Any]) -> Mode | None:
    """The next step of its life, where there is one."""
    later = ORDER[ORDER.index(rule["mode"]) + 1 :]
    return next((mode for mode in later if mode in rule["modes"]), None)


def _find(rule_id: str) -> dict[str, Any]:
    with wall.reading() as session:
        rows = queries.list_rules(session)
    found = next((row for row in rows if row["rule"] == rule_id), None)
    if found is None:
        raise RuleUnknown
    return found


@blp.post("/<string:rule_id>/mode")
def change(rule_id: str) -> Response:
    """Put it into a mode."""
    try:
        form = fields_of(RuleModeInSchema)
        with wall.transaction() as session:
            service.change_mode(
                session, rule_id=rule_id, staff_id=caller().id, now=clock.now(), **form
            )
    except RuleUnknown:
        raise
    except Problem as problem:
        return _rule(rule_id, problem=problem)
    mode = wording.MODES[form["mode"]]
    return done(
        f"{URL}/{rule_id}",
        Text(f"The rule is in the mode “{mode.en}” now.", f"该规则现为“{mode.zh_cn}”模式。"),
    )
