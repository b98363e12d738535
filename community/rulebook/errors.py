"""Refusals of the rulebook."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class RuleUnknown(NotFound):
    """No rule has this id."""

    code = "rule-unknown"
    title = Text("There is no such rule.", "没有这条规则。")


class RuleModeRefused(Conflict):
    """The rule may never be in this mode, or is in it."""

    code = "rule-mode-refused"
    title = Text("This rule cannot be put into this mode.", "这条规则不能改为该模式。")


class RuleUnproven(Conflict):
    """It was not right often enough to stop posts."""

    code = "rule-unproven"
    title = Text(
        "This rule has not been right often enough. Say `without_proof` to stop posts anyway.",
        "这条规则的准确率尚不足。如仍要拦截，请注明 without_proof。",
    )
