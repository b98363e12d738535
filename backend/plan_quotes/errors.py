"""Refusals of quotes."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class OptionNotPossible(Conflict):
    """Reasons say which rule failed; `would_change` the smallest change that passes."""

    code = "option-not-possible"
    title = Text("This option does not fit this loan as it stands.", "按目前情况，此方案不适用。")
