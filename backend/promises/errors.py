"""Refusals of promises. Each names its rule, the rule's value, and what would change it."""

from backend.kit.problems import Conflict, Invalid, NotFound
from backend.kit.texts import Text


class PromiseUnknown(NotFound):
    code = "promise-unknown"
    title = Text("There is no such promise.", "没有这项还款承诺。")


class PromiseOpen(Conflict):
    code = "promise-open"
    title = Text(
        "There is an open promise for this loan already.", "该贷款已有一项尚未到期的还款承诺。"
    )


class PromiseMoveRefused(Conflict):
    code = "promise-not-open"
    title = Text("This promise is not open any more.", "该还款承诺已结束。")


class PromiseDayOutside(Invalid):
    code = "promise-day-outside"
    title = Text("This day cannot be promised.", "所选日期不在可承诺的范围内。")


class PromiseRefused(Conflict):
    code = "promise-refused"
    title = Text("We cannot take this promise now.", "目前无法登记这项还款承诺。")
