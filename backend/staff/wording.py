"""What the console's own pages say."""

from backend.kit.texts import Text
from backend.staff.rules import Role

ROLES: dict[str, Text] = {
    Role.MODERATOR: Text("Moderator", "内容审核员"),
    Role.LEAD_MODERATOR: Text("Lead moderator", "审核主管"),
    Role.MARKETER: Text("Marketer", "营销专员"),
    Role.CAMPAIGN_APPROVER: Text("Campaign approver", "活动审批人"),
    Role.ACCOUNT_MANAGER: Text("Account manager", "客户经理"),
    Role.RISK_OFFICER: Text("Risk officer", "风险管理员"),
    Role.PRIVACY_OFFICER: Text("Privacy officer", "隐私专员"),
    Role.AUDITOR: Text("Auditor", "审计员"),
    Role.ADMIN: Text("Administrator", "系统管理员"),
}
HOME = {
    "menu": Text("Overview", "总览"),
    "title": Text("What waits for you", "待办事项"),
    "nothing": Text("Nothing waits for you at the moment.", "目前没有待办事项。"),
    "waits": Text("waiting", "待处理"),
    "quiet": Text("Nothing waits here", "以下暂无待办"),
    "roles": Text("You are here as", "您的角色"),
    "no_roles": Text(
        "Your account holds no role yet. An administrator asks for one, another confirms it.",
        "您的账户尚未分配角色。须由一位管理员申请、另一位管理员确认。",
    ),
}
