"""Refusals of the staff accounts."""

from backend.kit.problems import Conflict, Forbidden, NotFound, TooManyRequests, Unauthorized
from backend.kit.texts import Text


class StaffUnknown(NotFound):
    code = "staff-unknown"
    title = Text(
        "There is no active staff account with this address.", "没有此邮箱的在职员工账户。"
    )


class NotParked(Conflict):
    code = "delivery-not-parked"
    title = Text("This delivery is not parked.", "此投递未处于暂停状态。")


class SecondPersonNeeded(Forbidden):
    code = "second-person-needed"
    title = Text("Another person than you must do this.", "此操作须由另一人完成。")


class OwnAccount(Conflict):
    code = "own-account"
    title = Text(
        "Another admin does this for your own account.", "您本人的账户须由另一位管理员处理。"
    )


class AccountDisabled(Conflict):
    code = "account-disabled"
    title = Text("This account is disabled.", "此账户已停用。")


class AccountEnabled(Conflict):
    code = "account-enabled"
    title = Text("This account is not disabled.", "此账户未被停用。")


class LastAdmin(Conflict):
    code = "last-admin"
    title = Text("This is the last active admin.", "这是最后一位在职管理员。")


class RoleChangeOpen(Conflict):
    code = "role-change-open"
    title = Text("A change of these roles waits already.", "该账户已有待处理的角色变更。")


class RoleChangeVoid(Conflict):
    code = "role-change-void"
    title = Text("The account holds just these roles already.", "该账户的角色已是如此，无需变更。")


class RoleChangeSettled(Conflict):
    code = "role-change-settled"
    title = Text(
        "This role change is confirmed, rejected or expired already.",
        "此角色变更已确认、驳回或过期。",
    )


class EnrolmentRefused(Unauthorized):
    code = "enrolment-refused"
    title = Text(
        "This enrolment code does not open this account. Ask for a new one.",
        "此注册码无法用于该账户，请申请新的注册码。",
    )


class EnrolmentNotStarted(Conflict):
    code = "enrolment-not-started"
    title = Text("Choose a password first.", "请先设置密码。")


class TotpCodeRefused(Conflict):
    code = "totp-code-refused"
    title = Text(
        "This code does not fit. Check the clock of your device and take the next one.",
        "验证码不符。请检查设备时间，并使用下一个验证码。",
    )


class PasswordNotChanged(Conflict):
    code = "password-not-changed"
    title = Text("The old password or the code is not right.", "原密码或验证码不正确。")


class LogInRefused(Unauthorized):
    code = "log-in-refused"
    title = Text(
        "The address, the password or the code is not right.", "邮箱、密码或验证码不正确。"
    )


class LogInLocked(TooManyRequests):
    code = "log-in-locked"
    title = Text(
        "Too many failed log-ins. Please wait before the next one.",
        "登录失败次数过多，请稍候再试。",
    )


class SsoRefused(Unauthorized):
    code = "sso-refused"
    title = Text(
        "This single sign-on does not open an account here. Please begin again.",
        "单点登录未能打开账户，请重新开始。",
    )
