"""What a reminder says, by stage, in a standard and a gentle wording.

Each offers help by its button, and names the account manager where she is known to her.
"""

from collections.abc import Mapping

from backend.events.contacts import Purpose
from backend.kit.texts import Text
from notifications.templates.shipped.neutral import worded
from notifications.templates.words import Action, Kind, Template

STANDARD, GENTLE = "standard", "gentle"
VARIABLES: Mapping[str, Kind] = {
    "amount": Kind.MONEY,
    "minimum": Kind.MONEY,
    "due_on": Kind.DAY,
    "manager": Kind.TEXT,
}
SAMPLES: Mapping[str, str | int] = {
    "amount_minor": 86_050,
    "minimum_minor": 12_000,
    "currency": "CNY",
    "due_on": "2026-11-30",
    "manager": "Lin Yue",
}
_HELP = Text("I need help", "我需要帮助")
_LEAST = Text("[[ {minimum} is enough to stay on track.]]", "[[至少支付 {minimum} 即可保持正常。]]")
_MANAGER = Text(
    "[[ {manager}, whom you have talked to, is glad to help.]]",
    "[[与您联系过的 {manager} 也很乐意帮忙。]]",
)
_GENTLE_END = Text(
    " If this is not a good time, tell us with one tap: we look for a way together.",
    "如果眼下不方便，一键告诉我们，我们一起想办法。",
)
_STANDARD_END = Text(" If something came up, tap “I need help”.", "如有变化，请点击“我需要帮助”。")

_BEFORE_TITLE = Text("A look ahead", "提前看一眼")
_STAGES: Mapping[str, tuple[Text, Text, Text]] = {
    "due_in_7": (
        _BEFORE_TITLE,
        Text("{amount} comes up on {due_on}. There is plenty of time.",
             "{due_on} 有一笔 {amount} 待付，时间还很充裕。"),
        Text("In a week, on {due_on}, {amount} comes up. You need not do anything today.",
             "一周后，即 {due_on}，有一笔 {amount} 待付，今天无需任何操作。"),
    ),
    "due_in_3": (
        Text("Coming up in three days", "三天后到期"),
        Text("{amount} comes up on {due_on}. Paid by then, it counts as kept.",
             "{due_on} 有一笔 {amount} 待付，届时付清即为守约。"),
        Text("On {due_on}, {amount} comes up. Any part that you can pay helps.",
             "{due_on} 有一笔 {amount} 待付，能付多少都有帮助。"),
    ),
    "due_in_1": (
        Text("Coming up tomorrow", "明天到期"),
        Text("{amount} comes up tomorrow, {due_on}. If you have paid already: thank you.",
             "明天（{due_on}）有一笔 {amount} 待付。若您已支付，谢谢您。"),
        Text("Tomorrow, {due_on}, {amount} comes up. Any part that you can pay helps.",
             "明天（{due_on}）有一笔 {amount} 待付，能付多少都有帮助。"),
    ),
    "due_today": (
        Text("Today is the day", "今天到期"),
        Text("{amount} is due today. If you have paid already: thank you.",
             "今天有一笔 {amount} 待付。若您已支付，谢谢您。"),
        Text("{amount} is due today. Any part that you can pay helps.",
             "今天有一笔 {amount} 待付，能付多少都有帮助。"),
    ),
    "late_1": (
        Text("One payment is still open", "有一笔尚未付清"),
        Text("{amount} was due on {due_on} and is still open. That happens; you can pay it now.",
             "{due_on} 的 {amount} 尚未付清。难免会忘记，现在付也可以。"),
        Text("{amount} was due on {due_on} and is still open. Nobody is cross with you.",
             "{due_on} 的 {amount} 尚未付清，没有人会责怪您。"),
    ),
    "late_7": (
        Text("How are things?", "近来还好吗？"),
        Text("{amount} of {due_on} is still open. You can pay all of it or a part, or change "
             "the plan.",
             "{due_on} 的 {amount} 尚未付清。您可以全部或部分支付，也可以调整还款安排。"),
        Text("{amount} of {due_on} is still open. There are several ways forward, and you choose.",
             "{due_on} 的 {amount} 尚未付清。有几种解决办法，由您来选。"),
    ),
    "late_21": (
        Text("We are here for you", "我们一直都在"),
        Text("{amount} of {due_on} is still open. A smaller instalment or another day may fit "
             "better; see what is possible.",
             "{due_on} 的 {amount} 尚未付清。更小的金额或其他日期也许更合适，看看有哪些选择。"),
        Text("{amount} of {due_on} is still open. You are not alone with it: a plan that fits you "
             "is possible.",
             "{due_on} 的 {amount} 尚未付清。您不必独自面对，可以商量一个适合您的安排。"),
    ),
}  # fmt: skip


def _joined(*parts: Text) -> Text:
    return Text("".join(part.en for part in parts), "".join(part.zh_cn for part in parts))


def _reminder(stage: str, group: str) -> Template:
    title, standard, gentle = _STAGES[stage]
    said = (gentle, _GENTLE_END) if group == GENTLE else (standard, _STANDARD_END)
    body = _joined(said[0], _LEAST, said[1], _MANAGER)
    return Template(
        code=f"reminder.{stage}" if group == STANDARD else f"reminder.{stage}_{group}",
        purpose=Purpose.REMINDER,
        words=worded(Purpose.REMINDER, title=title, body=body, action=_HELP),
        action_code=Action.NEED_HELP,
        variables=VARIABLES,
        samples=SAMPLES,
    )


REMINDERS = tuple(_reminder(stage, group) for stage in _STAGES for group in (STANDARD, GENTLE))
