"""What refusals say about silence, to staff."""

from backend.kit.texts import Text
from backend.procedures.rules import Bar, Sign

BARS = {
    Bar.TOO_FEW_ATTEMPTS: Text(
        "{value} attempts since her last sign of life; {needed} are needed.",
        "自其最近一次回应以来共联系 {value} 次，需至少 {needed} 次。",
    ),
    Bar.TOO_FEW_CHANNELS: Text(
        "On {value} channels that she has not switched off; {needed} are needed.",
        "仅在其未关闭的 {value} 个渠道上联系，需至少 {needed} 个。",
    ),
    Bar.TOO_SHORT: Text(
        "Over {value} days; {needed} are needed.", "联系跨度为 {value} 天，需至少 {needed} 天。"
    ),
    Bar.LEFT_IN_PEACE: Text(
        "She has asked for something ({value}): a request, or a hold that keeps her in peace.",
        "客户已提出请求或处于免打扰期（{value} 项）。",
    ),
    Bar.NOT_LATE: Text(
        "She is {value} days late; silence matters from day {needed}.",
        "客户逾期 {value} 天，逾期满 {needed} 天方可认定。",
    ),
}
SIGNS = {
    Sign.ANSWER: Text("She was in touch with us.", "客户已与我们联系。"),
    Sign.PAYMENT: Text("She made a payment.", "客户已还款。"),
    Sign.REQUEST: Text("She asked for something.", "客户已提出请求。"),
    Sign.REPLY: Text("She replied to the notice.", "客户已答复通知。"),
}
