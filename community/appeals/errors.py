"""Refusals of appeals."""

from backend.kit.problems import Conflict, Forbidden
from backend.kit.texts import Text


class AppealTooLate(Conflict):
    code = "appeal-too-late"
    title = Text("The 180 days for an appeal are over.", "180 天的申诉期已过。")


class AppealMade(Conflict):
    """`appeal_id`: the one that is there."""

    code = "appeal-made"
    title = Text("You have appealed against this already.", "您已对此提出过申诉。")


class NothingToAppeal(Conflict):
    code = "nothing-to-appeal"
    title = Text("This decision counts for nothing any more.", "该决定已不再生效。")


class OwnDecision(Forbidden):
    code = "own-decision"
    title = Text("You decided or confirmed this yourself.", "这是您本人作出或确认的决定。")
