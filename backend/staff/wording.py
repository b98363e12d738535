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
JOBS = {
    "title": Text("Jobs", "定时任务"),
    "name": Text("Job", "任务"),
    "schedule": Text("Schedule", "计划"),
    "next": Text("Runs next", "下次运行"),
    "last": Text("Last run", "最近一次"),
    "state": Text("How it went", "结果"),
    "error": Text("Last error", "最近的错误"),
    "never": Text("not yet", "尚未运行"),
    "deliveries": Text("Events that handlers still have to hear", "待处理的事件"),
    "handler": Text("Handler", "处理程序"),
    "count": Text("Waiting", "等待数"),
    "all_heard": Text("Every event has been heard.", "所有事件均已处理。"),
    "about": Text(
        "Times are those of the programme's zone. A job that failed runs again by itself.",
        "时间为计划所在时区。失败的任务会自动重试。",
    ),
}
RUN_STATES = {
    "running": Text("running", "运行中"),
    "done": Text("done", "完成"),
    "failed": Text("failed", "失败"),
}
PARKED = {
    "title": Text("Parked deliveries", "暂停的投递"),
    "about": Text(
        "Deliveries of events that gave up after ten tries. Put one back to work once its cause is "
        "mended.",
        "重试十次后停止的事件投递。原因排除后可重新投递。",
    ),
    "event": Text("Event", "事件"),
    "seq": Text("Number", "编号"),
    "handler": Text("Handler", "处理程序"),
    "attempts": Text("Tries", "尝试次数"),
    "error": Text("Last error", "最近的错误"),
    "at": Text("Parked", "暂停时间"),
    "act": Text("What to do", "操作"),
    "retry": Text("Try again", "重试"),
    "retried": Text("It is back at work.", "已重新开始投递。"),
    "none": Text("No delivery is parked.", "没有暂停的投递。"),
}
ACTIONS = {
    "title": Text("Trail of staff actions", "员工操作记录"),
    "about": Text(
        "What staff and operators did, newest first. The evidence log keeps a copy that nobody can "
        "change.",
        "员工与运维人员的操作，按时间倒序。存证日志中保存有不可更改的副本。",
    ),
    "at": Text("When", "时间"),
    "who": Text("Who", "操作人"),
    "what": Text("What", "操作"),
    "subject": Text("Of what", "对象"),
    "reason": Text("Why", "原因"),
    "operator": Text("an operator, or nobody in person", "运维人员或系统"),
    "none": Text("Nothing has been done yet.", "暂无操作记录。"),
}
ACCOUNT_STATES = {
    "invited": Text("invited", "已邀请"),
    "active": Text("active", "在职"),
    "disabled": Text("disabled", "已停用"),
}
CHANGE_STATES = {
    "pending": Text("waits for a second person", "待第二人确认"),
    "confirmed": Text("confirmed", "已确认"),
    "rejected": Text("rejected", "已驳回"),
    "expired": Text("expired", "已过期"),
}
ACCOUNTS = {
    "title": Text("Staff accounts", "员工账户"),
    "email": Text("Address", "邮箱"),
    "state": Text("State", "状态"),
    "roles": Text("Roles", "角色"),
    "no_roles": Text("none", "无"),
    "created": Text("Opened", "创建时间"),
    "enrolled": Text("Enrolled", "注册时间"),
    "last": Text("Last log-in", "最近登录"),
    "disabled_at": Text("Disabled", "停用时间"),
    "codes": Text("Recovery codes left", "剩余恢复码"),
    "none": Text("There is no account yet.", "暂无账户。"),
    "reason": Text("Why", "原因"),
    "disable": Text("Disable the account", "停用账户"),
    "disable_about": Text(
        "All its sessions and tokens end at once.", "该账户的所有会话与令牌将立即失效。"
    ),
    "enable": Text("Enable the account again", "重新启用账户"),
    "disabled": Text("The account is disabled.", "账户已停用。"),
    "enabled": Text("The account is enabled.", "账户已启用。"),
    "code": Text("Give a new enrolment code", "签发新的注册码"),
    "code_about": Text(
        "Whoever has enrolled is reset by it: password and second factor count no more.",
        "已注册的账户将被重置：原密码与第二验证因素失效。",
    ),
    "code_shown": Text("Enrolment code, shown this once", "注册码（仅显示这一次）"),
    "code_until": Text("Works once, until", "仅可使用一次，有效期至"),
    "change": Text("Ask for a change of roles", "申请变更角色"),
    "add": Text("Add", "增加"),
    "remove": Text("Take away", "移除"),
    "own": Text(
        "Another administrator does this for your own account.",
        "您本人的账户须由另一位管理员处理。",
    ),
    "ask": Text("Ask", "提交申请"),
}
CHANGES = {
    "title": Text("Role changes", "角色变更"),
    "about": Text(
        "One administrator asks, another confirms within 72 hours.",
        "由一位管理员申请，另一位管理员须在 72 小时内确认。",
    ),
    "whose": Text("Account", "账户"),
    "change": Text("Change", "变更"),
    "asked_by": Text("Asked for by", "申请人"),
    "at": Text("Asked", "申请时间"),
    "decided_by": Text("Decided by", "决定人"),
    "act": Text("What to do", "操作"),
    "confirm": Text("Confirm", "确认"),
    "reject": Text("Reject", "驳回"),
    "asked": Text("A second administrator confirms it now.", "已提交，等待另一位管理员确认。"),
    "confirmed": Text("The change is made.", "变更已生效。"),
    "rejected": Text("The change is rejected.", "变更已驳回。"),
    "none": Text("No role has been changed yet.", "暂无角色变更。"),
    "yours": Text("You asked: another decides.", "由您申请，须由他人决定。"),
}
