"""Refusals of benefits."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class GrantUnknown(NotFound):
    code = "benefit-grant-unknown"
    title = Text("There is no such benefit grant.", "没有这项权益。")
