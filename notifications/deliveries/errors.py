"""Refusals of deliveries."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class DeliveryNotFound(NotFound):
    code = "delivery-not-found"
    title = Text("There is no such message.", "没有这条消息。")


class DeliveryNotFailed(Conflict):
    code = "delivery-not-failed"
    title = Text("This message did not fail: it is not sent again.", "该消息并未失败，不再发送。")


class DeliveryStale(Conflict):
    code = "delivery-stale"
    title = Text("The time of this message is over.", "该消息已过时效。")
