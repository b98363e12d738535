"""Refusals of the staff accounts."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class StaffUnknown(NotFound):
    code = "staff-unknown"
    title = Text(
        "There is no active staff account with this address.", "没有此邮箱的在职员工账户。"
    )


class NotParked(Conflict):
    code = "delivery-not-parked"
    title = Text("This delivery is not parked.", "此投递未处于暂停状态。")
