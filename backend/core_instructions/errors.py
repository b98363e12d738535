"""Refusals of instructions."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class InstructionUnknown(NotFound):
    code = "instruction-unknown"
    title = Text("There is no such instruction.", "没有这条指令。")
