"""Referrals in a borrower's words."""

from backend.kit.texts import Text
from rewards.referrals.rules import State

INVITATION = Text(
    "Give your code to a friend. When she has kept a first due date of her own, you have points"
    " coming.",
    "把邀请码分享给朋友。待朋友首次按时还款后，您将获得积分。",
)
STATES = {
    State.WAITING: Text("Waiting for the first due date kept", "等待首次按时还款"),
    State.IN_REVIEW: Text("We are having a look at it", "正在核实中"),
    State.CONFIRMED: Text("Confirmed. Thank you!", "已确认，感谢您！"),
    State.REJECTED: Text("This one does not count", "此次邀请不计入"),
    State.LAPSED: Text("The year for it has passed", "一年期限已过"),
}
