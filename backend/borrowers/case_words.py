"""What the pages of one case say, to staff, whatever the case is about."""

from collections.abc import Mapping

from backend.kit.texts import Text

STATES: Mapping[str, Text] = {
    "submitted": Text("Waits for us", "待处理"),
    "open": Text("Waits for us", "待处理"),
    "under_review": Text("Taken up", "处理中"),
    "info_requested": Text("She is asked something", "等待客户补充"),
    "upheld": Text("Upheld", "成立"),
    "partly_upheld": Text("Upheld in part", "部分成立"),
    "granted": Text("Granted", "已批准"),
    "declined": Text("Declined", "未批准"),
    "approved": Text("Waived", "已减免"),
    "rejected": Text("Not agreed to", "未同意"),
    "withdrawn": Text("Taken back by her", "客户已撤回"),
    "ended": Text("Over", "已结束"),
}
CASE = {
    "state": Text("Standing", "状态"),
    "asked_at": Text("Asked at", "提交时间"),
    "due": Text("Answer due", "答复期限"),
    "reads": Text("She reads", "客户看到"),
    "her_words": Text("In her words", "客户留言"),
    "said": Text("What was said", "往来记录"),
    "reason": Text("Her reason", "原因"),
    "documents": Text("Documents", "证明材料"),
    "see_documents": Text("See her documents", "查看证明材料"),
    "take": Text("Take it up", "开始处理"),
    "taken": Text("Taken up.", "已开始处理。"),
    "ask": Text("Ask her something", "请客户补充"),
    "question": Text("Your question; she reads it", "您的问题（客户可见）"),
    "asked": Text("She is asked.", "已向客户询问。"),
    "decide": Text("Decide", "决定"),
    "outcome": Text("Your decision", "您的决定"),
    "grounds": Text("On what it rests", "依据"),
    "answer": Text(
        "Your answer, in her language; she reads it", "您的答复（客户可见，请用客户的语言）"
    ),
    "language": Text("Her language: {name}", "客户的语言：{name}"),
    "kind": Text("Words that threaten are not accepted.", "含威胁的措辞不予接受。"),
    "send": Text("Decide and tell her", "决定并告知客户"),
    "decided": Text("Decided. She can read it now.", "已决定，客户现在可以查看。"),
    "not_now": Text("There is nothing to decide here now.", "目前没有需要决定的事项。"),
    "none": Text("Nothing waits for an answer.", "没有等待答复的事项。"),
    "case": Text("Case", "事项"),
    "late": Text("late", "已超期"),
    "staff": Text("Staff", "工作人员"),
    "borrower": Text("Her", "客户"),
}
LANGUAGES = {"en": "English", "zh-CN": "中文"}
