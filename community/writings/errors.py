"""Refusals of writings."""

from backend.kit.problems import Conflict, Forbidden, Invalid, NotFound, TooManyRequests
from backend.kit.texts import Text


class WritingUnknown(NotFound):
    """Not there, another's that nobody may see yet, or of somebody whom the reader blocked."""

    code = "post-unknown"
    title = Text("There is no such post here.", "这里没有该内容。")


class PersonalDataFound(Invalid):
    """What certainly leads to a person does not go up. `findings` say where it stands."""

    code = "personal-data-found"
    title = Text(
        "Please take out what leads to a person: numbers, addresses, ids. It keeps you safe.",
        "请删去能找到个人的信息（号码、地址、账号），这样更安全。",
    )


class MayNotWrite(Forbidden):
    """A moderator asked her to pause."""

    code = "writing-paused"
    title = Text(
        "You can read everything; writing is paused for you until the day named here.",
        "您可以照常阅读；在此处所示日期之前暂时不能发言。",
    )


class WritingTooFast(TooManyRequests):
    """More in an hour or a day than one person writes."""

    code = "writing-too-fast"
    title = Text(
        "That is a lot at once. Please come back a little later.", "发得有点快，请稍后再来。"
    )


class NotEditable(Conflict):
    """What was taken down, or soon will be, stays as it was decided on."""

    code = "writing-not-editable"
    title = Text("This text cannot be changed any more.", "此内容不能再修改。")


class TooManyVersions(Conflict):
    """It was changed too often."""

    code = "writing-versions-used-up"
    title = Text("This text was changed too often.", "此内容修改次数过多。")


class MoveRefused(Conflict):
    """A writing does not go from its state to that one."""

    code = "writing-move-refused"
    title = Text("That does not fit the state of this text.", "与此内容当前状态不符。")


class OwnWriting(Conflict):
    """Nobody thanks herself."""

    code = "own-writing"
    title = Text("This is your own.", "这是您自己写的。")
