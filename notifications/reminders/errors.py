"""Refusals of reminders."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class ReminderPlanUnknown(NotFound):
    code = "reminder-plan-unknown"
    title = Text("There is no such version of the plan.", "没有该版本的提醒方案。")


class ReminderPlanNotDraft(Conflict):
    code = "reminder-plan-not-draft"
    title = Text("This version is published already.", "此版本已发布。")


class ReminderPlanSuperseded(Conflict):
    code = "reminder-plan-superseded"
    title = Text("There is a newer version of the plan.", "提醒方案已有更新的版本。")
