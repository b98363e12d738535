"""Names on messengers, and the wish to go on talking there."""

import re
from collections.abc import Iterator

from community.detectors.context import is_amount, words
from community.detectors.digits import Digital
from community.detectors.folding import Folded
from community.detectors.rules import Certainty, Finding, Taken, finding

RULE = "pii.messaging_id"
_GAP = r"(?:[^\w\n]|_){0,2}"


def _apart(word: str) -> str:
    """A word with anything but letters between its characters."""
    return _GAP.join(word)


_WECHAT = "|".join(
    (
        *(
            _apart(w)
            for w in ("微信", "薇信", "威信", "徽信", "微芯", "薇芯", "卫星", "微心", "v信", "w信")
        ),
        *(
            _apart(w)
            for w in ("微x", "薇x", "威x", "薇心", "维星", "微星", "wei信", "绿泡泡", "绿色软件")
        ),
        r"[微薇威v]\s?[❤♥💓💗💕💖🧡💛💚💙💜]",
    )
)
_QQ = "|".join(
    _apart(w)
    for w in ("扣扣", "抠抠", "叩叩", "球球", "秋秋", "蔻蔻", "企鹅号", "企鹅", "口口", "🐧")
)
_OTHERS = "电报|纸飞机|飞机号|抖音号?|快手号?|小红书号?|陌陌号?|钉钉号?|微博号?"
_LATIN = words(
    rf"{_apart('qq')}|{_apart('vx')}|{_apart('wx')}|{_apart('wechat')}|{_apart('weixin')}|"
    rf"{_apart('telegram')}|{_apart('tg')}|{_apart('whatsapp')}|wapp|kik|snap|"
    rf"{_apart('skype')}|{_apart('snapchat')}|{_apart('instagram')}|{_apart('discord')}|"
    rf"{_apart('signal')}|{_apart('viber')}|insta|ig|zalo|kakao(?:talk)?|line id|messenger|"
    rf"facebook|fb"
)
_PLATFORM = rf"(?:{_WECHAT}|{_QQ}|{_OTHERS}|{_LATIN})"
# One letter or character that only an invitation makes a messenger.
_SHORT = (
    rf"(?:(?:加|[+\u2795\u271a\u2295]|联系|私|找|戳|滴|敲){_GAP}(?:我|个|下|一下|你|老师)?{_GAP}(?:的)?"
    rf"(?:薇|微|威|卫|葳|v|q|扣|wx|tg)(?![a-z]))|(?:(?<![a-z0-9])(?:[薇威微]|v|q|wx|tg)(?=\s?[:：;]))"
    rf"|我的?{_GAP}(?:薇|威|v|扣)(?![a-z])|同{_GAP}(?:薇|微|v|vx|wx|q)(?![a-z])"
    r"|(?<![a-z0-9])(?:薇|微|v|q)同?号|(?<![a-z])line(?=\s?[:：@])|飞机(?=[^\w\n]{0,2}.{0,3}@)"
)
_FILL = (
    r"(?:[^\w\n@]{1,3}|号码|群号|群|账号|帐号|昵称|名字|搜索|联系|可以|备注|同号|这个|下面|如下|[号是为叫我的你加搜请就哦呀啊吧]"
    r"|(?:id|hao|me|my|is|it's|its|on|at|as|add|by|via|to|here|handle|username|user|name|account|number|no"
    r"|contact|with|under|find|reach|message|also)(?![a-z0-9_])){0,10}+"
)
_NAME = r"(?P<token>@?[a-z0-9][a-z0-9_\-]{3,29}(?:\.[a-z0-9_]{2,20}){0,3}(?:#\d{3,5})?)"
_NUMBER = r"(?P<number>[0-9](?:[^\w\n,，。;；]{0,3}[0-9]){4,11})(?![0-9])"
_FIRST = (
    # How any of them begins.
    r"[微薇威徽卫维绿扣抠叩球秋蔻企口\U0001f427电纸飞抖快小陌钉加+\u2795\u271a\u2295联私找戳滴敲我葳同"
    "vwqtskidlmfz]"
)
_NAMED = re.compile(
    rf"(?={_FIRST})(?P<platform>(?:{_PLATFORM}[^\w\n@]{{0,2}}){{1,2}}|{_SHORT})(?P<fill>{_FILL})(?:{_NUMBER}|{_NAME})"
)
_BEHIND = re.compile(
    rf"(?<![a-z0-9@._\-])(?P<token>@?[a-z][a-z0-9_\-]{{4,29}}+|\d{{5,12}}+)"
    r"[^\w\n]{0,3}(?:(?:is my|on|in|via|是我的?|我的?|这是|为)[^\w\n]{0,2}){0,3}"
    rf"(?:{_PLATFORM})"
)
_SOLICITED = re.compile(
    rf"(?:{words('(?:add|find|dm|pm|message|follow|reach|contact) me')}"
    "|加我|搜我|联系我|私我|找我)"
    rf"(?P<fill>{_FILL})(?P<token>@?[a-z][a-z0-9_\-]{{4,29}})"
)
_MARK = re.compile(r"[:：=@]|id|handle|username|号|叫|是")
_WORDLIKE = frozenset(
    [
        "blocked",
        "broken",
        "down",
        "gone",
        "hacked",
        "locked",
        "dead",
        "full",
        "working",
        "deleted",
        "banned",
        "private",
        "disabled",
        "suspended",
        "silent",
        "stuck",
        "slow",
        "empty",
        "useless",
        "please",
        "thanks",
        "thank",
        "because",
        "where",
        "there",
        "their",
        "they",
        "which",
        "when",
        "great",
        "group",
        "groups",
        "chat",
        "chats",
        "message",
        "messages",
        "support",
        "account",
        "scams",
        "scam",
    ]
)
_CLAUSE_END = re.compile(r"\s*(?:$|[^\sa-z0-9])")
_DATE = re.compile(
    r"(?:19|20)\d\d[\-.]?(?:0?[1-9]|1[0-2])?[\-.]?\d{0,2}$|\d{1,2}-\d{1,2}(?:-\d{2,4})?$"
)

_INVITED = re.compile(
    r"(?=[加+\u2795\u271a\u2295添私滴进拉扫看主微薇威v徽卫维绿同互我留wdithaslc])(?:"
    rf"(?:加|[+\u2795\u271a\u2295]|添加){_GAP}(?:我|个|下|一下)?{_GAP}的?{_GAP}"
    rf"(?:{_WECHAT}|{_QQ}|电报|纸飞机|[薇葳]|{words('vx|wx|qq|v|q|tg|wechat|telegram')})"
    "(?![支付分里的上])"
    rf"|(?:{_WECHAT}|{words('vx|wx|v|wechat|whatsapp')})同号|(?<=[\d号机话])同{_GAP}(?:微信|威信|薇信|vx|wx|v)(?![a-z])"
    "|加我(?:私聊|详聊|详谈|细聊|聊聊|咨询|了解)|加我?个?好友|互加|我加你|留个?(?:联系方式|联系|微信|电话|号码|手机)"
    "|私聊我|私信我|私我|滴滴我|加群|进群(?:交流|学习|了解|咨询|领)|拉你进群|扫码加"
    "|看我?主页|主页有(?:联系|方式)|看我?头像|看我?简介|"
    + words("(?:dm|pm|inbox|whatsapp|telegram|wechat) me|add me on|hmu|hit me up")
    + "|"
    + words("slide into my dms?|link in bio|check my (?:profile|bio)")
    + ")"
)
# Who else it may have been, or that somebody warns of it.
_TOLD_OF = re.compile(
    r"预|遇|催收|客服|他|她|对方|经理|律师|业务员|工作人员|骗子|有人|银行|平台|要求|让我|叫我|说|不要|别|切勿|勿|不想|没|拒绝|天天|一直|总是"
    r"|"
    + words(
        "they|he|she|who|it|collectors?|agents?|people|keeps?|kept|never|not|don't|didn't|"
        "would|will|lender|bank|company|and|to|someone|somebody|scammers?|then|always|also"
    )
)
_TOLD_REACH = 14
_NAME_LENGTH_MIN = 5
_JOINED = re.compile(
    r"(?<![a-z0-9])(?:(?:t|wa|telegram)\.me/\+?[a-z0-9_+]{3,40}|wxid_[a-z0-9]{4,30})"
)


def find(folded: Folded, digital: Digital) -> Iterator[Finding]:
    """Names first; an invitation counts where no name does."""
    taken = Taken(len(digital.text))
    for certainty, start, end in _all(folded, digital):
        if taken.take(start, end):
            yield finding(RULE, certainty, *folded.span(start, end))


def _all(folded: Folded, digital: Digital) -> Iterator[tuple[Certainty, int, int]]:
    text = folded.text
    for match in _JOINED.finditer(text):
        yield Certainty.CERTAIN, match.start(), match.end()
    for match in _NAMED.finditer(digital.text):
        certainty = _named(text, match)
        if certainty is not None:
            yield certainty, match.start(), match.end()
    yield from _hinted(text)


def _hinted(text: str) -> Iterator[tuple[Certainty, int, int]]:
    for pattern in (_BEHIND, _SOLICITED):
        for match in pattern.finditer(text):
            if _is_telling(match["token"]):
                yield Certainty.SUSPECTED, match.start(), match.end()
    for match in _INVITED.finditer(text):
        if not _TOLD_OF.search(text, max(0, match.start() - _TOLD_REACH), match.start()):
            yield Certainty.SUSPECTED, match.start(), match.end()


def _named(text: str, match: re.Match[str]) -> Certainty | None:
    is_platform = re.match(_PLATFORM, match["platform"]) is not None
    number = match["number"]
    if number is not None:
        return _numbered(text, match, is_platform=is_platform)
    token = text[match.start("token") : match.end("token")]
    if _is_telling(token):
        return (
            Certainty.CERTAIN
            if is_platform or _MARK.search(match["platform"] + match["fill"])
            else Certainty.SUSPECTED
        )
    if (
        token in _WORDLIKE
        or len(token) < _NAME_LENGTH_MIN
        or not _CLAUSE_END.match(text, match.end())
    ):
        return None
    is_chinese = not match["platform"].isascii() and not match["fill"].strip()
    return (
        Certainty.SUSPECTED
        if is_chinese or _MARK.search(match["platform"] + match["fill"])
        else None
    )


def _numbered(text: str, match: re.Match[str], *, is_platform: bool) -> Certainty | None:
    start, end = match.span("number")
    if is_amount(text, start, end) or _DATE.match(re.sub(r"\s", "", text[start:end])):
        return None
    return Certainty.CERTAIN if is_platform else Certainty.SUSPECTED


def _is_telling(token: str) -> bool:
    """A name that is no word: it has a digit, an underscore, or the sign of handles."""
    if _DATE.match(token):
        return False
    return token[0] == "@" or re.search(r"[0-9_#]", token) is not None
