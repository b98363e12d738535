"""What the log of accesses says to the borrower: kind words, no codes."""

from typing import Any

from backend.borrowers.rules import AccessPurpose
from backend.kit.texts import Locale, Text
from backend.staff.rules import Role

PURPOSES = {
    AccessPurpose.ACCOUNT_CARE: Text("Looking after your account", "为您打理账户"),
    AccessPurpose.PLAN_REQUEST: Text(
        "Working on the payment plan that you asked for", "处理您申请的还款计划"
    ),
    AccessPurpose.HARDSHIP: Text("Finding a way through a hard time", "帮您渡过困难时期"),
    AccessPurpose.COMPLAINT: Text("Answering your complaint", "处理您的投诉"),
    AccessPurpose.DISPUTE: Text(
        "Looking into something that you say is wrong", "核实您提出异议的事项"
    ),
    AccessPurpose.RISK_REVIEW: Text(
        "Checking that our rules treat you rightly", "检查我们的规则是否公平地对待您"
    ),
    AccessPurpose.FRAUD_REVIEW: Text("Checking that everything is genuine", "确认一切信息属实"),
    AccessPurpose.RIGHTS_REQUEST: Text(
        "Answering your request about your own data", "处理您关于个人信息的请求"
    ),
    AccessPurpose.AUDIT: Text("Checking that we keep our own rules", "检查我们是否遵守自己的规定"),
}
SEEN = {
    "search": Text(
        "Found you by your number, name or customer id", "通过电话、姓名或客户编号找到您"
    ),
    "profile": Text("Opened your particulars and account", "查看了您的资料和账户"),
    "programme": Text("Looked up your place in the programme", "查看了您的计划参与情况"),
    "preview": Text(
        "Saw you as an example while trying out tier rules", "试算等级规则时以您为样例"
    ),
    "tier override": Text(
        "Worked on a tier that a person set for you", "处理由工作人员为您设定的等级"
    ),
    "assigned list": Text(
        "Saw you in the list of people to look after", "在负责照看的客户列表中看到您"
    ),
    "proof": Text("Checked a proof that you sent", "核实了您提交的证明材料"),
    "benefit": Text("Worked on a benefit of yours", "处理您的一项权益"),
    "badge": Text("Worked on a badge of yours", "处理您的一枚徽章"),
    "badge preview": Text("Saw you as an example while trying out a badge", "试算徽章时以您为样例"),
    "points": Text("Looked after a correction of your points", "处理您的积分更正"),
    "delivery": Text(
        "Saw to something that you chose from the catalogue", "处理您在目录中兑换的项目"
    ),
    "referral": Text("Looked at an invitation between friends", "核实好友之间的一次邀请"),
    "promise": Text("Noted what you promised on the telephone", "记录您在电话中的还款承诺"),
    "dispute": Text("Worked on something that you say is wrong", "处理您提出的异议"),
    "waiver request": Text(
        "Worked on your request to waive penalty interest", "处理您的罚息减免申请"
    ),
    "contacts": Text("Saw when and how we were in touch", "查看了我们与您的联系记录"),
    "work list": Text("Saw what is open for you", "查看了您的待办事项"),
    "procedure": Text("Worked on a notice that you were given", "处理您收到的一项通知"),
    "hand-over": Text(
        "Opened the file that was made when the programme ended", "查看了计划结束时生成的文件"
    ),
    "tier review": Text("Saw you in the list of tier reviews", "在等级复核列表中看到您"),
}
VIEWERS = {
    Role.ACCOUNT_MANAGER: Text("Your account manager", "您的客户经理"),
    Role.RISK_OFFICER: Text("A specialist who keeps our rules fair", "负责维护规则公平的专员"),
    Role.PRIVACY_OFFICER: Text("Our privacy officer", "我们的隐私保护专员"),
    Role.AUDITOR: Text("An auditor, who checks our own work", "检查我们自身工作的审计人员"),
}
SOMEBODY = Text("A member of our team", "我们的工作人员")
OTHERWISE = Text("Looked at your data", "查看了您的资料")


def in_words(access: Any, *, locale: Locale) -> dict[str, Any]:
    """A row of the log with what its codes mean."""
    return {
        "id": access.id,
        "at": access.at,
        "purpose": access.purpose,
        "purpose_text": PURPOSES[AccessPurpose(access.purpose)].in_(locale),
        "who": access.role,
        "who_text": VIEWERS.get(access.role, SOMEBODY).in_(locale),
        "what": access.what,
        "what_text": SEEN.get(access.what, OTHERWISE).in_(locale),
    }
