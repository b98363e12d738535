"""What a borrower is told when something happened. No threat, no blame; a way on in each."""

from collections.abc import Mapping

from backend.events.contacts import Purpose
from backend.kit.texts import Text
from notifications.templates.shipped.neutral import worded
from notifications.templates.words import Action, Kind, Template

_Row = tuple[str, Text, Text, Mapping[str, Kind]]
_Rows = tuple[_Row, ...]
DAY: Mapping[str, Kind] = {"day": Kind.DAY}
MONEY: Mapping[str, Kind] = {"amount": Kind.MONEY}
_SAMPLES: Mapping[Kind, Mapping[str, str | int]] = {
    Kind.DAY: {"day": "2026-12-07"},
    Kind.MONEY: {"amount_minor": 86_050, "currency": "CNY"},
}
_SEE_PLAN = Text("See the plan", "查看方案")
_SEE_CASE = Text("See the case", "查看详情")
_HELP = Text("I need help", "我需要帮助")
_SEE_REWARDS = Text("Have a look", "去看看")
_SEE_ACCOUNT = Text("See my account", "查看账户")
_SEE_COMMUNITY = Text("To the community", "前往社区")
_LABELS: Mapping[Action, Text] = {
    Action.SEE_PLAN: _SEE_PLAN,
    Action.SEE_CASE: _SEE_CASE,
    Action.NEED_HELP: _HELP,
    Action.SEE_REWARDS: _SEE_REWARDS,
    Action.SEE_COMMUNITY: _SEE_COMMUNITY,
    Action.SEE_ACCOUNT: _SEE_ACCOUNT,
}


def _notice(
    name: str,
    title: Text,
    body: Text,
    *,
    action: Action,
    purpose: Purpose = Purpose.PLAN,
    variables: Mapping[str, Kind] | None = None,
    samples: Mapping[str, str | int] | None = None,
) -> Template:
    kinds = variables or {}
    known = {k: v for kind in kinds.values() for k, v in _SAMPLES.get(kind, {}).items()}
    return Template(
        code=f"notice.{name}",
        purpose=purpose,
        words=worded(purpose, title=title, body=body, action=_LABELS[action]),
        action_code=action,
        variables=kinds,
        samples=known | dict(samples or {}),
    )


_PLANS: _Rows = (
    ("requested", Text("We have your request", "申请已收到"),
     Text("A person answers by {day}. Until then there are no reminders.",
          "工作人员将在 {day} 前答复，在此期间不会有任何提醒。"), DAY),
    ("question", Text("A question about your request", "关于您申请的一个问题"),
     Text("We would like to know a little more. A few words by {day} are enough.",
          "我们想再了解一点情况，请在 {day} 前简单告诉我们。"), DAY),
    ("offered", Text("Your plan is ready for you", "方案已为您准备好"),
     Text("Look at it in peace and decide by {day}. What you see is what counts.",
          "请您慢慢查看，并在 {day} 前决定。所见即所得。"), DAY),
    ("new_offer", Text("Another way, if you like", "为您准备了新的方案"),
     Text("The old plan did not fit. Here is a new one; decide in peace by {day}.",
          "原方案不太合适，我们准备了新的方案，请在 {day} 前慢慢决定。"), DAY),
    ("person_looks", Text("A person looks for a way with you", "工作人员正与您一起寻找办法"),
     Text("You hear from us by {day}. Until then there are no reminders.",
          "我们将在 {day} 前答复您，在此期间不会有任何提醒。"), DAY),
    ("rejected", Text("We could not agree to this one", "此方案未能通过"),
     Text("In the app you read why, and what would change it. If you wish, another person looks "
          "at it again, and you can ask for another quote.",
          "您可以在应用中查看原因以及如何改变结果。如您愿意，可由另一位工作人员复核，"
          "也可重新获取报价。"), {}),
    ("agreed_cooling", Text("Agreed", "已约定"),
     Text("Thank you. You can still step back until {day}; then all is as it was before.",
          "谢谢您。{day} 前您仍可反悔，一切将恢复原样。"), DAY),
    ("agreed", Text("Agreed, and being set up", "已约定，正在办理"),
     Text("It is set up by {day}. You need not do anything.",
          "将在 {day} 前办理完成，您无需任何操作。"), DAY),
    ("active", Text("Your plan is running", "方案已开始"),
     Text("It is set up as you agreed. What is due when, you read in the app.",
          "已按您同意的方案办理完成。各期安排可在应用中查看。"), {}),
    ("relief", Text("We are late, so your relief goes on", "我们答复有延迟，照顾措施已延续"),
     Text("We are sorry that our answer takes longer. Your relief goes on by itself until {day}; "
          "you need not do anything.",
          "很抱歉我们的答复需要更多时间。对您的照顾措施已自动延续至 {day}，您无需任何操作。"), DAY),
    ("cured", Text("Back on your plan", "已回到方案中"),
     Text("Thank you. The plan goes on as before.", "谢谢您。方案照常继续。"), {}),
    ("completed", Text("Done. You kept your plan", "已完成，您信守了约定"),
     Text("Nothing more to do. Well done, and thank you for your word.",
          "无需其他操作。您做得很好，感谢您信守承诺。"), {}),
    ("ended", Text("This plan has ended", "方案已结束"),
     Text("What was waived for you stays so. Let us look for another way together.",
          "已为您减免的部分不变。让我们一起寻找其他办法。"), {}),
    ("expired", Text("The time of this offer has passed", "此方案已过有效期"),
     Text("Nothing is lost: you can ask for a new quote at any time.",
          "没有关系，您可以随时重新获取报价。"), {}),
    ("appealed", Text("Another person looks at it", "另一位工作人员正在复核"),
     Text("You hear from us by {day}. Until then there are no reminders.",
          "我们将在 {day} 前答复您，在此期间不会有任何提醒。"), DAY),
    ("checking", Text("We are checking the set-up", "我们正在核对办理结果"),
     Text("What counts is what you agreed to. We put it right by {day}.",
          "以您同意的方案为准，我们将在 {day} 前更正。"), DAY),
)  # fmt: skip
_CASES: _Rows = (
    ("waiver_granted", Text("Penalty interest is waived", "罚息已减免"),
     Text("You asked, and it is done[[: {amount} is waived]].",
          "已按您的申请办理[[，减免 {amount}]]。"), MONEY),
    ("waiver_declined", Text("An answer to your request", "对您申请的答复"),
     Text("We could not waive it this time. In the app you read why, and what would change it.",
          "这次未能减免。您可以在应用中查看原因以及如何改变结果。"), {}),
    ("dispute_received", Text("We look into it", "我们正在核实"),
     Text("Thank you for telling us. Until we have answered there are no reminders about it.",
          "感谢您告诉我们。在答复之前，不会就此发送提醒。"), {}),
    ("dispute_question", Text("A question about your objection", "关于您异议的一个问题"),
     Text("We would like to know a little more. A few words are enough.",
          "我们想再了解一点情况，简单告诉我们即可。"), {}),
    ("dispute_upheld", Text("You were right", "您的异议成立"),
     Text("Thank you for pointing it out, and please excuse us.[[ {amount} is waived.]]",
          "感谢您指出，给您带来不便，敬请谅解。[[已减免 {amount}。]]"), MONEY),
    ("dispute_partly", Text("You were right in part", "您的异议部分成立"),
     Text("In the app you read what we put right and why.[[ {amount} is waived.]]",
          "您可以在应用中查看已更正的部分及原因。[[已减免 {amount}。]]"), MONEY),
    ("dispute_rejected", Text("An answer to your objection", "对您异议的答复"),
     Text("We looked closely and came to another view. In the app you read our reasons; if you "
          "still disagree, tell us.",
          "我们仔细核实后有不同结论，理由可在应用中查看。如您仍有异议，请告诉我们。"), {}),
    ("document_question", Text("A question about a document", "关于一份文件的问题"),
     Text("Something in it is not clear to us. You can tell us about it until {day}; nothing is "
          "decided before.",
          "文件中有一处我们不太明白。您可以在 {day} 前说明情况，在此之前不会作任何决定。"), DAY),
    ("procedure_opened",
     Text("A formal notice, and your right to reply", "一份正式通知及您的答复权"),
     Text("Please read it in the app. You have a right to reply, and a few words are enough. "
          "Nothing is decided before.",
          "请在应用中阅读。您有权作出答复，简单几句即可，在此之前不会作任何决定。"), {}),
    ("procedure_decided", Text("A decision, and what you can do", "一项决定及您可采取的办法"),
     Text("In the app you read what was decided, why, and how it is looked at again. A word from "
          "you still counts.",
          "您可以在应用中查看决定、理由及复核方式。您的回复仍然有效。"), {}),
    ("procedure_ended", Text("The matter is closed", "此事已结束"),
     Text("Thank you. Nothing of it counts against you.", "谢谢您，此事不会对您有任何影响。"), {}),
    ("programme_left", Text("Your place in the programme has ended", "您在会员计划中的参与已结束"),
     Text("Your loan and your rights stay as they are. In the app you read why, and how to have "
          "it looked at again.",
          "您的贷款和权利不变。您可以在应用中查看原因及申请复核的方式。"), {}),
)  # fmt: skip
_HELPING: _Rows = (
    ("plan_cure", Text("One thing is still open", "还有一项待完成"),
     Text("Made good by {day}, your plan goes on as before. If that is hard, tell us: there is "
          "another way.",
          "在 {day} 前补上，方案即照常继续。如有困难请告诉我们，总有其他办法。"), DAY),
    ("promise_partly", Text("Every step counts", "每一步都算数"),
     Text("[[{amount} came in. ]]Thank you. If the rest is hard, a plan can spread it.",
          "[[已收到 {amount}，]]谢谢您。如果剩余部分有困难，可以分步安排。"), MONEY),
    ("promise_broken", Text("It did not work out this time", "这次未能如愿"),
     Text("That happens. Here is what can help: a plan in smaller steps, another day, or a talk "
          "with us.",
          "没有关系。以下方式或许能帮到您：分步还款、调整日期，或与我们聊聊。"), {}),
    ("relief_ended", Text("Your breathing space has ended", "您的照顾期已结束"),
     Text("If you still need time, tell us; we look for a way together.",
          "如果您还需要时间，请告诉我们，我们一起想办法。"), {}),
)  # fmt: skip
_ACCOUNT: tuple[tuple[*_Row, Purpose], ...] = (
    ("promise_made", Text("Noted, thank you", "已记录，谢谢您"),
     Text("You promised[[ {amount}]] by {day}. Until then we send no reminders for it. You can "
          "take it back at any time.",
          "您说明将于 {day} 前付款[[ {amount}]]。在此之前不会就此提醒，您也可以随时撤回。"),
     {**DAY, **MONEY}, Purpose.PLAN),
    ("promise_kept", Text("Thank you for keeping your word", "感谢您信守承诺"),
     Text("[[{amount} came in as you said. ]]We are glad.",
          "[[已按您所说收到 {amount}。]]我们很高兴。"),
     MONEY, Purpose.RECEIPT),
    ("payment_received", Text("Payment received", "已收到您的付款"),
     Text("{amount} came in on {day}. Thank you.", "{day} 已收到 {amount}，谢谢您。"),
     {**DAY, **MONEY}, Purpose.RECEIPT),
    ("relief_begun", Text("A breathing space for you", "为您安排了照顾期"),
     Text("From now on there are no reminders, and what you do not manage now does not count "
          "against you.",
          "从现在起不会有提醒，暂时无法做到的也不会对您不利。"), {}, Purpose.PLAN),
    ("new_log_in", Text("A new log-in to your account", "您的账户有新的登录"),
     Text("Somebody logged in on another device[[: {device}]]. If it was you, all is well. If "
          "not, end that session under Security, and tell us.",
          "有人在另一台设备上登录了您的账户[[：{device}]]。如果是您本人，无需操作；否则请在“安全”中结束该会话，并告诉我们。"),
     {"device": Kind.TEXT}, Purpose.SECURITY),
)  # fmt: skip
_REWARDS: _Rows = (
    ("tier_better", Text("Good news about where you stand", "您的状态有了好变化"),
     Text("You are now at “{tier}”. See what that opens for you.",
          "您现在处于“{tier}”。看看它为您带来了什么。"), {"tier": Kind.WORDS}),
    ("tier_other", Text("What we can offer you has changed", "为您提供的内容有所调整"),
     Text("You are now at “{tier}”. In the app you read why, and what changes it again. If you "
          "see it differently, a person looks at it.",
          "您现在处于“{tier}”。您可以在应用中查看原因以及如何改变。如您有不同看法，可由工作人员复核。"),
     {"tier": Kind.WORDS}),
    ("badge_awarded", Text("You earned a badge", "您获得了一枚徽章"),
     Text("Well done[[: “{badge}” is yours]].", "做得很好[[，“{badge}”属于您了]]。"),
     {"badge": Kind.WORDS}),
    # Its words were approved with the campaign.
    ("campaign_message", Text("{title}", "{title}"), Text("{body}", "{body}"),
     {"title": Kind.WORDS, "body": Kind.WORDS}),
    ("points_expiring", Text("Some of your points end soon", "您有部分积分即将到期"),
     Text("{points} points can be used until {day}. See what you like.",
          "{points} 积分可使用至 {day}。看看有没有喜欢的。"), {"points": Kind.COUNT, **DAY}),
    ("benefit_granted", Text("Something for you", "有一项权益给您"),
     Text("{benefit}. It is yours to take or to leave.", "{benefit}，由您决定是否使用。"),
     {"benefit": Kind.WORDS}),
    ("benefit_given", Text("Something for you", "有一项权益给您"),
     Text("{benefit}. You need not do anything.", "{benefit}，您无需任何操作。"),
     {"benefit": Kind.WORDS}),
    ("redemption_sent", Text("It is on its way", "礼品已寄出"),
     Text("What you chose for your points is on its way to you. Enjoy it.",
          "您用积分兑换的礼品已寄出，祝您喜欢。"), {}),
    ("redemption_returned", Text("Your points are back", "积分已退回"),
     Text("This exchange did not come about. Its points are back in your account, each with the "
          "day until which it can be used; in the app you see what else there is.",
          "这次兑换未能完成，所用积分已退回您的账户，有效期不变。"
          "您可以在应用中看看其他选择。"), {}),
)  # fmt: skip
# Without a word of what was written, by whom, or why: that is read in the community alone.
_COMMUNITY: _Rows = (
    ("community_held", Text("Thank you for writing", "感谢您的分享"),
     Text("A person reads it before others do, as a rule within a day. You need not do anything.",
          "工作人员会先阅读，通常在一天之内，您无需任何操作。"), {}),
    ("community_decision", Text("A decision in the community", "社区的一项决定"),
     Text("It is about something that you wrote. In the app you read what was decided, why, and "
          "how somebody else looks at it again. Your loan and your rights stay as they are.",
          "与您发布的内容有关。您可以在应用中查看决定、理由，以及如何请他人复核。"
          "您的贷款和权利不受影响。"), {}),
    ("community_appeal", Text("Somebody else looked at it again", "已由另一位工作人员复核"),
     Text("Thank you for asking. In the app you read what they found, and why.",
          "感谢您提出复核。您可以在应用中查看结果及理由。"), {}),
    ("community_report", Text("Thank you for looking after each other", "感谢您守护社区"),
     Text("We looked at what you reported. In the app you read what came of it.",
          "我们已查看您举报的内容，您可以在应用中查看结果。"), {}),
)  # fmt: skip
_REWARD_SAMPLES: Mapping[str, str | int] = {
    "tier_en": "In good standing",
    "tier_zh_cn": "信用良好",
    "badge_en": "Six in a row",
    "badge_zh_cn": "六连准时",
    "points": 1_200,
    "benefit_en": "Priority service",
    "benefit_zh_cn": "优先服务",
    "title_en": "Three in a row",
    "title_zh_cn": "连续三期",
    "body_en": "You kept three in a row. Well done: 200 points are yours.",
    "body_zh_cn": "您已连续三期守约，做得很好，200 积分已到账。",
}
_ALL_SAMPLES: Mapping[str, str | int] = {**_REWARD_SAMPLES, "device": "Chrome on Android"}

NOTICES: tuple[Template, ...] = (
    *(
        _notice(f"plan_{name}", title, body, action=Action.SEE_PLAN, variables=kinds)
        for name, title, body, kinds in _PLANS
    ),
    *(
        _notice(name, title, body, action=Action.SEE_CASE, variables=kinds)
        for name, title, body, kinds in _CASES
    ),
    *(
        _notice(name, title, body, action=Action.NEED_HELP, variables=kinds)
        for name, title, body, kinds in _HELPING
    ),
    *(
        _notice(
            name,
            title,
            body,
            action=Action.SEE_ACCOUNT,
            purpose=purpose,
            variables=kinds,
            samples={k: v for k, v in _ALL_SAMPLES.items() if k in kinds},
        )
        for name, title, body, kinds, purpose in _ACCOUNT
    ),
    *(
        _notice(
            name,
            title,
            body,
            action=Action.SEE_REWARDS,
            purpose=Purpose.REWARD,
            variables=kinds,
            samples={
                k: v
                for k, v in _ALL_SAMPLES.items()
                if k.removesuffix("_en").removesuffix("_zh_cn") in kinds
            },
        )
        for name, title, body, kinds in _REWARDS
    ),
    *(
        _notice(
            name,
            title,
            body,
            action=Action.SEE_COMMUNITY,
            purpose=Purpose.COMMUNITY,
            variables=kinds,
        )
        for name, title, body, kinds in _COMMUNITY
    ),
)
