"""Words of the log's pages."""

from backend.kit.texts import Text

TITLE = Text("Evidence log", "存证日志")
WORDS = {
    "about": Text(
        "Each entry is a commitment to what was decided: it tells when and what, never of whom.",
        "每个条目是对一项决定的承诺值：只显示时间与类型，不显示当事人。",
    ),
    "size": Text("Entries that are signed for", "已签名条目"),
    "signed_at": Text("Signed at", "签名时间"),
    "root": Text("Root", "根哈希"),
    "witnesses": Text("Witnesses of the head", "见证签名数"),
    "waiting": Text("Acts that wait to be sealed", "待封存条目"),
    "unsigned": Text("The log has not been signed yet.", "日志尚未签名。"),
    "search": Text("Find entries", "查找条目"),
    "type": Text("Type", "类型"),
    "any_type": Text("All types", "全部类型"),
    "borrower": Text("Borrower's reference", "客户编号"),
    "borrower_hint": Text(
        "The lender's own number. It is a look at her, and she can read that you looked.",
        "机构的客户编号。该查询会记入她可见的访问记录。",
    ),
    "purpose": Text("Why you look at her", "查询目的"),
    "index": Text("Entry", "条目"),
    "index_go": Text("Show the entry", "查看条目"),
    "index_hint": Text("Its place in the log, from 0.", "条目在日志中的序号，从 0 开始。"),
    "find": Text("Find", "查找"),
    "entries": Text("Entries, newest first", "条目（最新在前）"),
    "none": Text("No entry of that kind.", "没有符合条件的条目。"),
    "at": Text("Time", "时间"),
    "act": Text("What", "事项"),
    "state": Text("State", "状态"),
    "logged": Text("In the log", "已入日志"),
    "waits": Text("Waits to be sealed", "待封存"),
    "erased": Text("Erased", "已删除"),
    "erased_at": Text("Erased at", "删除时间"),
    "record_id": Text("Record", "记录编号"),
    "commitment": Text("Commitment", "承诺值"),
    "entry_title": Text("Entry {index}", "条目 {index}"),
    "proof": Text("Proof, made anew just now", "刚刚重新计算的证明"),
    "proof_holds": Text("Everything holds.", "全部验证通过。"),
    "proof_fails": Text(
        "Something does not hold. Nothing is signed further until `goodfaith evidence verify` is"
        " clean: tell whoever operates the system.",
        "验证未通过。请立即通知系统运维人员运行 `goodfaith evidence verify`。",
    ),
    "receipt_fails": Text(
        "This receipt does not prove what it says. See which step fails before you conclude:"
        " a copy that lost a line fails, too.",
        "该凭证未能通过验证。请先查看未通过的步骤：复制时缺行也会导致失败。",
    ),
    "step": Text("Step", "步骤"),
    "result": Text("Result", "结果"),
    "holds": Text("Holds", "通过"),
    "fails": Text("Does not hold", "未通过"),
    "gone": Text("Erased: nothing is left to compare", "已删除，无可比对"),
    "under": Text("Proved under the head of size", "所依据日志头的条目数"),
    "path": Text("Inclusion proof, from the leaf up", "包含证明（自叶至根）"),
    "download": Text("Download the proof", "下载证明"),
    "verify": Text("Verify a receipt", "验证凭证"),
    "verify_about": Text(
        "Paste what somebody shows you. Nothing of it is stored. With record and salt, as her app"
        " shows them, it is also said whether it is this that was logged.",
        "粘贴对方出示的凭证，内容不会被保存。同时提供记录与盐值（应用中可查）时，还会验证所记内容是否一致。",
    ),
    "receipt": Text("Receipt (.tlog-proof)", "凭证（.tlog-proof）"),
    "record": Text("Record, as the app shows it", "记录（应用所示）"),
    "salt": Text("Salt", "盐值"),
    "check": Text("Verify", "验证"),
    "back": Text("All entries", "全部条目"),
    "time": Text("Time in the receipt", "凭证中的时间"),
}
