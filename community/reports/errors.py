"""Refusals of reports."""

from backend.kit.problems import Conflict, TooManyRequests
from backend.kit.texts import Text


class OwnReport(Conflict):
    code = "own-report"
    title = Text("This is your own: you can delete it.", "这是您自己发的内容，您可以直接删除。")


class TooManyReports(TooManyRequests):
    code = "too-many-reports"
    title = Text(
        "You have reported a lot today. Somebody will look at all of it; please go on tomorrow.",
        "您今天举报的内容较多，我们会逐一查看，请明天再继续。",
    )
