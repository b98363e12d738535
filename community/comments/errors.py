"""Refusals of comments."""

from backend.kit.problems import Conflict, Forbidden
from backend.kit.texts import Text


class NotYourThread(Forbidden):
    """Whoever asked says what helped."""

    code = "not-your-thread"
    title = Text("Only the thread's author says what helped.", "只有发帖人可以标记有帮助的回答。")


class NoAnswer(Conflict):
    """An answer is another's published comment in the same thread."""

    code = "no-answer"
    title = Text(
        "An answer is a published comment of somebody else in this thread.",
        "只能标记本帖中他人已发布的评论。",
    )
