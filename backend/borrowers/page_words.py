"""What the pages of looking a borrower up say, to staff."""

from backend.borrowers.rules import AccessPurpose
from backend.kit.texts import Text

PURPOSES = {
    AccessPurpose.ACCOUNT_CARE: Text("Looking after her account", "打理其账户"),
    AccessPurpose.PLAN_REQUEST: Text("A plan that she asked for", "处理其还款计划申请"),
    AccessPurpose.HARDSHIP: Text("A hard time", "困难帮扶"),
    AccessPurpose.COMPLAINT: Text("A complaint", "处理投诉"),
    AccessPurpose.DISPUTE: Text("Something that she says is wrong", "核实异议"),
    AccessPurpose.RISK_REVIEW: Text("A review of our rules", "规则复核"),
    AccessPurpose.FRAUD_REVIEW: Text("A check that all is genuine", "真实性核查"),
    AccessPurpose.RIGHTS_REQUEST: Text("A request about her own data", "个人信息权利请求"),
    AccessPurpose.AUDIT: Text("An audit", "审计"),
}
SEARCH = {
    "intro": Text(
        "Search by a whole customer id, telephone number or full name. Say first why you look:"
        " each look is written down, and the borrower can read it.",
        "请输入完整的客户编号、电话号码或姓名，并先说明查看目的：每次查看都会记录，客户本人可以查阅。",
    ),
    "purpose": Text("Why you look", "查看目的"),
    "query": Text("Customer id, telephone number or full name", "客户编号、电话号码或姓名"),
    "search": Text("Search", "搜索"),
    "found": Text("Found", "搜索结果"),
    "nobody": Text(
        "Nobody is found by this, or nobody whom you look after.",
        "没有找到，或该客户不由您负责。",
    ),
    "name": Text("Name", "姓名"),
    "external_id": Text("Customer id", "客户编号"),
    "phone": Text("Telephone", "电话"),
    "unnamed": Text("No name", "未提供姓名"),
    "mine": Text("Whom you look after", "您负责的客户"),
    "since": Text("Since", "自"),
    "go_on": Text("Go on", "继续"),
    "ask": Text(
        "Before you look at her data, say why. She can read it in her list of accesses.",
        "查看客户资料之前，请说明目的。客户可在访问记录中看到。",
    ),
    "choose": Text("Choose", "请选择"),
}
TABS = {
    "picture": Text("Whole picture", "总览"),
    "contacts": Text("Contacts", "联系"),
    "documents": Text("Documents", "证明材料"),
    "promises": Text("Promise", "还款承诺"),
}
