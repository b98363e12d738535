"""Refusals of reactions."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class ReactionUnknown(NotFound):
    """None of the three."""

    code = "reaction-unknown"
    title = Text("Reactions are helpful, thanks and hug.", "可用的反应：有帮助、感谢、抱抱。")
