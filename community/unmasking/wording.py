"""What the pages of unmaskings say."""

from backend.kit.texts import Text

LABELS: dict[str, Text] = {
    "told": Text(
        "These are the words of the borrower with this id. It is told once, here.",
        "作者为以下编号的借款人。此信息仅在此处显示一次。",
    ),
    "kept": Text(
        "That you asked, when and why is kept; another lead reads it within 24 hours.",
        "您的查询、时间和理由均已记录，另一位主管会在 24 小时内复核。",
    ),
    "only": Text(
        "Use it to help her, and for nothing else.", "仅可用于为其提供帮助，不得作其他用途。"
    ),
    "back": Text("Back to the case", "返回案件"),
    "hint": Text(
        "Somebody learned whose words these were, to help. You read why, and say whether it was"
        " right. What nobody has looked at for a day is named by the audit.",
        "有同事为提供帮助查询了作者身份。请阅读理由并给出意见。一天内无人复核的，审计会指出。",
    ),
    "when": Text("When", "时间"),
    "why": Text("Why", "理由"),
    "late": Text("for more than a day", "已超过一天"),
    "right": Text("It was right", "查询正当"),
    "wrong": Text("It was not right", "查询不当"),
    "own": Text("Yours: another lead looks at it.", "这是您的查询，须由另一位主管复核。"),
    "second": Text("Second look", "复核"),
    "none": Text("Nothing waits for a second look.", "没有等待复核的查询。"),
}
