"""Refusals of the programme."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class EnrolmentMoveRefused(Conflict):
    code = "enrolment-move-refused"
    title = Text(
        "An enrolment in this state cannot become that.", "当前状态的参与记录不能变更为该状态。"
    )
