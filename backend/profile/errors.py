"""Refusals of the profile."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class FactNameTaken(Conflict):
    code = "fact-name-taken"
    title = Text("A fact of this name exists already.", "已存在同名的事实。")
