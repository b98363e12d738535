"""What the desk calls things, and the sentences that a moderator chooses from."""

from enum import StrEnum

from backend.kit.texts import Text
from community.cases.rules import Cause, Queue
from community.detectors.rules import Certainty, Kind
from community.moderation.rules import Action, Clause, Standing
from community.reports.rules import Reason as Worry
from community.sanctions.rules import Kind as Sanction
from community.writings.rules import Kind as WritingKind
from community.writings.rules import State

QUEUES: dict[Queue, Text] = {
    Queue.CRISIS: Text("People in need", "危机关怀"),
    Queue.GENERAL: Text("Held and reported", "待审与举报"),
    Queue.LENDER: Text("About the lender", "涉及贷款机构"),
    Queue.APPEALS: Text("Second looks", "申诉复核"),
}
QUEUE_HINTS: dict[Queue, Text] = {
    Queue.CRISIS: Text(
        "Somebody may be in danger. Nobody is punished for a cry for help.",
        "有人可能处于危险之中。任何人都不会因求助而受到处罚。",
    ),
    Queue.GENERAL: Text(
        "Texts that rules held, and texts that members reported.",
        "被规则暂扣的内容，以及成员举报的内容。",
    ),
    Queue.LENDER: Text(
        "What is said of the lender stays, unless it endangers a person.",
        "对贷款机构的意见予以保留，除非危及他人。",
    ),
    Queue.APPEALS: Text(
        "An author asks somebody else to look again.", "作者请另一位管理员重新查看。"
    ),
}
ACTIONS: dict[Action, Text] = {
    Action.APPROVE: Text("Allow", "允许"),
    Action.WARN: Text("Warn", "提醒"),
    Action.REMOVE: Text("Remove", "撤下"),
    Action.MUTE: Text("Mute", "禁言"),
    Action.SUSPEND: Text("Suspend", "停用"),
    Action.HELP_GIVEN: Text("Help was given", "已提供帮助"),
    Action.NO_CRISIS: Text("Nobody is in need", "无人处于危机"),
    Action.CONFIRM_HELPFUL: Text("It helped", "确有帮助"),
    Action.UPHOLD: Text("Let it stand", "维持决定"),
    Action.OVERTURN: Text("Overturn it", "推翻决定"),
}
CAUSES: dict[Cause, Text] = {
    Cause.CRISIS: Text("Words of despair", "流露绝望"),
    Cause.THREAT: Text("Threat", "威胁"),
    Cause.PERSONAL_DATA: Text("Personal data", "个人信息"),
    Cause.BANNED: Text("Banned offer", "违禁推广"),
    Cause.ABUSE: Text("Insult", "辱骂"),
    Cause.APPEAL: Text("Appeal", "申诉"),
    Cause.LENDER: Text("About the lender", "涉及贷款机构"),
    Cause.SPAM: Text("Advertisement", "广告"),
    Cause.FIRST_POSTS: Text("First texts of a member", "新成员的最初内容"),
    Cause.HELPFUL: Text("An answer that helped", "有帮助的回答"),
    Cause.OTHER: Text("Something else", "其他"),
}
KINDS: dict[Kind, Text] = {
    Kind.PHONE: Text("Phone number", "电话号码"),
    Kind.RESIDENT_ID: Text("Identity number", "证件号码"),
    Kind.CARD: Text("Card number", "卡号"),
    Kind.EMAIL: Text("E-mail address", "电子邮箱"),
    Kind.MESSAGING_ID: Text("Messenger", "聊天账号"),
    Kind.LINK: Text("Link", "链接"),
    Kind.BANNED: Text("Banned offer", "违禁推广"),
    Kind.SPAM: Text("Advertisement", "广告"),
    Kind.OFFENSIVE: Text("Insult", "辱骂"),
    Kind.CRISIS: Text("Words of despair", "流露绝望"),
}
CERTAINTIES: dict[Certainty, Text] = {
    Certainty.CERTAIN: Text("certain", "确定"),
    Certainty.SUSPECTED: Text("suspected", "疑似"),
}
STATES: dict[State, Text] = {
    State.HELD: Text("Held", "暂扣"),
    State.PUBLISHED: Text("Published", "已发布"),
    State.REMOVED: Text("Taken down", "已撤下"),
    State.DELETED: Text("Deleted by its author", "作者已删除"),
}
STANDINGS: dict[Standing, Text] = {
    Standing.WAITING: Text("Waits for a second person", "等待第二人确认"),
    Standing.PENDING: Text("Counts in ten minutes", "十分钟后生效"),
    Standing.COUNTS: Text("Counts", "已生效"),
    Standing.UNDONE: Text("Taken back", "已撤回"),
}
WRITING_KINDS: dict[WritingKind, Text] = {
    WritingKind.POST: Text("Post", "帖子"),
    WritingKind.STORY: Text("Story", "故事"),
    WritingKind.QUESTION: Text("Question", "提问"),
    WritingKind.COMMENT: Text("Comment", "评论"),
}
SANCTIONS: dict[Sanction, Text] = {
    Sanction.WARN: Text("Warned", "已提醒"),
    Sanction.MUTE: Text("Muted", "禁言中"),
    Sanction.SUSPEND: Text("Suspended", "停用中"),
}
WORRIES: dict[Worry, Text] = {
    Worry.PERSONAL_DATA: Text("Personal data", "个人信息"),
    Worry.DEBT_SELLER: Text("Sells help with debts", "推销代办债务"),
    Worry.INSULT: Text("Insult", "辱骂"),
    Worry.THREAT: Text("Threat", "威胁"),
    Worry.SPAM: Text("Advertisement", "广告"),
    Worry.IN_DANGER: Text("Somebody may be in danger", "有人可能有危险"),
    Worry.OTHER: Text("Something else", "其他"),
}
# What the author reads where the moderator writes nothing of her own.
GROUNDS: dict[Clause, Text] = {
    Clause.PERSONAL_DATA: Text(
        "Your text shows a way to reach or to recognise somebody. Please leave it out.",
        "您的内容含有可以联系或识别他人的信息，请删去后再发布。",
    ),
    Clause.DEBT_SELLERS: Text(
        "Your text offers to settle debts for a fee. That is not for this place.",
        "您的内容在推介收费处理债务的服务，不适合在这里发布。",
    ),
    Clause.ILLEGAL_OFFERS: Text(
        "Your text offers loans, games of chance or the like. That is not for this place.",
        "您的内容在推介借贷、博彩等业务，不适合在这里发布。",
    ),
    Clause.RESPECT: Text(
        "Your text hurts somebody here. You are welcome to say it another way.",
        "您的内容会伤到这里的人，欢迎您换一种说法。",
    ),
    Clause.THREATS: Text(
        "Your text can be read as a threat to somebody. Please do not write so.",
        "您的内容可能被理解为对他人的威胁，请不要这样写。",
    ),
    Clause.SPAM: Text(
        "Your text reads like an advertisement, or says the same again and again.",
        "您的内容读起来像广告，或多次重复了同样的话。",
    ),
    Clause.DANGER: Text(
        "Your text tells how somebody can be harmed. We keep everybody here safe.",
        "您的内容涉及伤害自己或他人的方法，我们希望每个人都平安。",
    ),
    Clause.OFF_TOPIC: Text(
        "Your text belongs under another topic. Please post it there.",
        "您的内容更适合其他话题，请发布到相应的话题下。",
    ),
}
ANSWERS: dict[Action, Text] = {
    Action.UPHOLD: Text(
        "Somebody else read your text again. The rule was applied as it stands.",
        "另一位管理员重新看过您的内容，规则的适用没有问题。",
    ),
    Action.OVERTURN: Text(
        "Somebody else read your text again. It is within the rules, and is back.",
        "另一位管理员重新看过您的内容，它符合规则，现已恢复。",
    ),
}
APPEAL = Text(
    "You may ask somebody else to look again, within 180 days.",
    "您可以在 180 天内请另一位管理员重新查看。",
)


class Passing(StrEnum):
    """Why somebody else should look."""

    UNSURE = "unsure"
    KNOWN = "known"
    LANGUAGE = "language"
    HEAVY = "heavy"
    ELSEWHERE = "elsewhere"


PASSINGS: dict[Passing, Text] = {
    Passing.UNSURE: Text(
        "I am not sure; somebody else should look.", "我不能确定，请其他同事查看。"
    ),
    Passing.KNOWN: Text("I may know this person, or took part.", "我可能认识此人，或曾参与其中。"),
    Passing.LANGUAGE: Text("I do not read this language well.", "我对这种语言不够熟悉。"),
    Passing.HEAVY: Text("It is too heavy for me just now.", "我现在难以承受这样的内容。"),
    Passing.ELSEWHERE: Text("It belongs into another queue.", "它应当属于另一个队列。"),
}


class Regret(StrEnum):
    """Why a decision is taken back."""

    WRONG_KEY = "wrong_key"
    READ_AGAIN = "read_again"
    ADVISED = "advised"


REGRETS: dict[Regret, Text] = {
    Regret.WRONG_KEY: Text("It was the wrong key.", "按错了键，特此撤回该决定。"),
    Regret.READ_AGAIN: Text("Read again, I see it otherwise.", "重新阅读后，我的看法不同。"),
    Regret.ADVISED: Text("A colleague convinced me otherwise.", "与同事讨论后，我改变了看法。"),
}
