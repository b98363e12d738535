"""Refusals of decisions."""

from backend.kit.problems import Conflict, Forbidden, Invalid, NotFound
from backend.kit.texts import Text


class RulingUnfit(Invalid):
    code = "ruling-unfit"
    title = Text("This cannot be decided in this way here.", "此处不能这样处理。")


class DecisionUnknown(NotFound):
    code = "decision-unknown"
    title = Text("There is no such decision.", "没有这个处理决定。")


class NotWaiting(Conflict):
    code = "decision-not-waiting"
    title = Text("This decision waits for nobody.", "该决定无需确认。")


class AlreadyUndone(Conflict):
    code = "decision-undone"
    title = Text("This decision was undone already.", "该决定已被撤销。")


class UndoTooLate(Conflict):
    code = "undo-too-late"
    title = Text(
        "It can no longer be undone: the time for appeals is over.", "申诉期已过，无法再撤销。"
    )


class NotUndoable(Conflict):
    code = "decision-not-undoable"
    title = Text("What was confirmed or helped stays.", "已确认或已提供的帮助不能撤销。")


class AnothersDecision(Forbidden):
    code = "anothers-decision"
    title = Text(
        "This is another moderator's decision: a lead may undo it.",
        "这是其他管理员的决定，只有主管可以撤销。",
    )
