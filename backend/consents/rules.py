"""What may be asked of a borrower, in which words, and what her last answer is worth today.

A purpose that is dropped keeps its texts, so that the history can be read; a wording that changes
what is done gets a new version, and the old one counts on until it is withdrawn here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.kit.texts import Text


class Purpose(StrEnum):
    """What a consent is for. Closed: nothing is done under a purpose that has no words."""

    MARKETING = "marketing"
    EMOTION_SIGNALS = "emotion_signals"
    RESEARCH = "research"
    SENSITIVE_DOCUMENTS = "sensitive_documents"  # PIPL art. 29: separate consent
    # PIPL art. 23: who passes something on says to whom. Each partner needs her word besides.
    TRAINING_REFERRAL = "training_referral"
    AID_REFERRAL = "aid_referral"


class Source(StrEnum):
    """Where she said it."""

    APP = "app"


@dataclass(frozen=True)
class Version:
    """One wording of a purpose, numbered from 1 upwards."""

    number: int
    title: Text
    what_is_done: Text
    without_it: Text
    counts: bool = True  # False once it is withdrawn: what was given under it is worth nothing


VERSIONS: dict[Purpose, tuple[Version, ...]] = {
    Purpose.MARKETING: (
        Version(
            1,
            Text("News and offers", "资讯与优惠"),
            Text(
                "We tell you of rewards, offers and events, by the channels that you choose in "
                "your notification settings. We use your points, badges and tier to pick what may "
                "suit you. We never sell your data.",
                "我们会通过您在通知设置中选择的渠道，向您介绍奖励、优惠和活动，"
                "并参考您的积分、徽章和等级挑选适合您的内容。我们绝不出售您的信息。",
            ),
            Text(
                "You get no such news. Your loan, your points and everything else stay the same, "
                "and you can still look up every reward yourself.",
                "您不会收到此类消息。您的贷款、积分及其他一切不受影响，您仍可自行查看所有奖励。",
            ),
        ),
    ),
    Purpose.EMOTION_SIGNALS: (
        Version(
            1,
            Text("Noticing when things are hard", "留意您的感受"),
            Text(
                "When you write to us, a program looks for signs of worry or distress, so that we "
                "answer more gently and a person comes to you sooner. It never changes your tier, "
                "your points, a price or a decision.",
                "当您给我们留言时，程序会留意其中担忧或困扰的迹象，"
                "以便我们更温和地回复，并更早由专人联系您。"
                "这绝不会影响您的等级、积分、价格或任何决定。",
            ),
            Text(
                "Nobody looks for such signs. You get the same help whenever you ask for it.",
                "不会有任何此类分析。只要您提出，您会得到同样的帮助。",
            ),
        ),
    ),
    Purpose.RESEARCH: (
        Version(
            1,
            Text("Helping us learn", "帮助我们改进"),
            Text(
                "We invite you to surveys and interviews now and then, and use your answers, "
                "without your name, to make the service better.",
                "我们会不时邀请您参加问卷或访谈，并在去除姓名后使用您的回答来改进服务。",
            ),
            Text(
                "We do not invite you. Nothing else changes.",
                "我们不会邀请您，其他一切不变。",
            ),
        ),
    ),
    Purpose.SENSITIVE_DOCUMENTS: (
        Version(
            1,
            Text("Proofs about your health and other private matters", "健康等敏感证明材料"),
            Text(
                "When you send us a proof of illness, loss, care, separation or the like, we keep "
                "it sealed, show it only to those who work on your request, and delete it when it "
                "is no longer needed.",
                "当您提交疾病、亲人离世、照护、分居等证明时，我们会加密保存，"
                "仅供处理您申请的人员查看，并在不再需要时删除。",
            ),
            Text(
                "Please do not send such proofs. First relief for these reasons needs none, and we "
                "look for another way together with you.",
                "请勿提交此类材料。因这些原因申请的首次帮助无需证明，我们会与您一起寻找其他办法。",
            ),
        ),
    ),
    Purpose.TRAINING_REFERRAL: (
        Version(
            1,
            Text("Introductions to training", "培训转介"),
            Text(
                "When you say yes to a training partner that we suggest, we ask your lender to "
                "introduce you there, with your name and a way to reach you. Each partner needs "
                "your word; nothing is said of your loan.",
                "当您同意我们推荐的培训机构时，我们会请您的贷款机构为您转介，"
                "仅提供您的姓名和联系方式。每家机构都须您单独同意，且绝不透露您的贷款情况。",
            ),
            Text(
                "We introduce you to nobody. You can still go there yourself.",
                "我们不会为您转介。您仍可自行前往。",
            ),
        ),
    ),
    Purpose.AID_REFERRAL: (
        Version(
            1,
            Text("Introductions to aid", "援助转介"),
            Text(
                "When you say yes to an aid partner that we suggest, we ask your lender to "
                "introduce you there, with your name and a way to reach you. Each partner needs "
                "your word; nothing is said of your loan or of what happened to you.",
                "当您同意我们推荐的援助机构时，我们会请您的贷款机构为您转介，"
                "仅提供您的姓名和联系方式。每家机构都须您单独同意，"
                "且绝不透露您的贷款情况或您的遭遇。",
            ),
            Text(
                "We introduce you to nobody. All other help stays the same.",
                "我们不会为您转介，其他帮助不受影响。",
            ),
        ),
    ),
}


@dataclass(frozen=True)
class Answer:
    """The last that she said about a purpose."""

    version: int
    granted: bool
    at: datetime


@dataclass(frozen=True)
class State:
    """What her last answer means today."""

    granted: bool
    version: int | None  # the one she gave, while it is given
    since: datetime | None
    needs_renewal: bool


def current(purpose: Purpose) -> Version:
    """The wording that is asked for today."""
    return VERSIONS[purpose][-1]


def version_of(purpose: Purpose, number: int) -> Version:
    """The wording of that number. Raises KeyError."""
    return {version.number: version for version in VERSIONS[purpose]}[number]


def counting(purpose: Purpose) -> tuple[int, ...]:
    """The versions under which a consent is still worth something."""
    return tuple(version.number for version in VERSIONS[purpose] if version.counts)


def is_granted(purpose: Purpose, last: Answer | None) -> bool:
    """Whether it may be done: she said yes last, to a wording that still counts."""
    return last is not None and last.granted and last.version in counting(purpose)


def state_of(purpose: Purpose, last: Answer | None) -> State:
    """What to show her."""
    if last is None:
        return State(granted=False, version=None, since=None, needs_renewal=False)
    return State(
        granted=is_granted(purpose, last),
        version=last.version if last.granted else None,
        since=last.at,
        needs_renewal=last.granted and last.version < current(purpose).number,
    )


def is_outdated(purpose: Purpose, *, granted: bool, version: int | None) -> bool:
    """Whether this cannot be said: a yes is a yes to the current wording, a no always counts."""
    return granted and version != current(purpose).number


def version_to_store(
    purpose: Purpose, last: Answer | None, *, granted: bool, version: int | None
) -> int | None:
    """The version to write down; None when it is what she said last, which changes nothing.

    A no is written under the version that it takes back.
    """
    if not granted:
        return last.version if last is not None and last.granted else None
    given = current(purpose).number if version is None else version
    is_known = last is not None and last.granted and last.version == given
    return None if is_known else given
