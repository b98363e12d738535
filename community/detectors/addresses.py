"""E-mail addresses and links, plain or spelt."""

import re
from collections.abc import Iterator

from community.detectors.context import words
from community.detectors.folding import Folded
from community.detectors.rules import Certainty, Finding, finding

EMAIL = "pii.email"
LINK = "contact.link"

_PROVIDERS = (
    "gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|aol|gmx|proton|protonmail|"
    "qq|vip\\.qq|foxmail|163|126|yeah|sina|sohu|139|189|aliyun|tom|zoho|yandex|mail|naver"
)
# Where a domain ends. Those that are English words end sentences too, and count with a path only.
_TLDS = (
    "com|cn|net|org|info|biz|top|xyz|vip|club|icu|cc|io|hk|tw|ru|edu|gov|app|ltd|uk|jp|de|fr|"
    "wang|xin|shop|site|tv|mobi|asia|ai|co"
)
_WORD_TLDS = (
    "me|us|in|to|it|so|is|at|be|my|pro|work|live|fun|link|online|store|tech|space|dev|ly|gl"
)
_DOT = (
    r"(?:\s{0,2}[.。·]\s{0,2}|\s{0,2}点\s{0,2}|\s{1,2}(?:dot|point)\s{1,2}"
    r"|\s{0,2}[(\[{<]\s?(?:dot|点|\.)\s?[)\]}>]\s{0,2}|[_\-]dot[_\-])"
)
_AT = re.compile(
    r"(?P<sign>@{1,3})|(?P<hidden>[(\[{<]\s?(?:at|@|a)\s?[)\]}>]|艾特|爱特|圈a|小老鼠|[_\-]at[_\-])"
    r"|(?P<word>(?<![a-z])at(?![a-z]))"
)
_DOMAIN = re.compile(rf"\s{{0,2}}((?:[a-z0-9\-]{{1,40}}{_DOT}){{1,3}}([a-z]{{2,12}}))(?![a-z0-9])")
_PROVIDER = re.compile(rf"\s{{0,2}}(?:{_PROVIDERS})(?![a-z0-9])(?:{_DOT}(?:com|cn|net)(?![a-z]))?")
_SPELT_DOT = re.compile(r"dot|点|point|[(\[{<]|。")
# Read backwards from the sign.
_LOCAL_BACKWARDS = re.compile(
    r"\s{0,2}([a-z0-9_+.\-]{1,64}(?:\s{1,2}(?:tod|tniop|erocsrednu|hsad|点)\s{1,2}[a-z0-9_+.\-]{1,40}){0,3})"
)
_LOCAL_REACH = 110
_TELLING = re.compile("[0-9_.]|dot|点")
_MAIL = re.compile(
    "邮箱|邮件|电邮|伊妹儿|" + words("e-?mails?|gmail|mail|inbox|write|contact|reach")
)
_MAIL_REACH = 30
# No local part of anybody: "look at example.com".
_VERBS = frozenset(
    [
        "look",
        "looks",
        "looked",
        "looking",
        "shop",
        "shopped",
        "work",
        "works",
        "worked",
        "working",
        "bank",
        "banked",
        "stay",
        "me",
        "is",
        "are",
        "was",
        "am",
        "us",
        "them",
        "it",
        "him",
        "her",
        "you",
        "be",
        "bought",
        "ordered",
        "paid",
        "applied",
        "meet",
        "arrive",
        "live",
        "lives",
        "based",
        "here",
        "there",
        "available",
        "online",
        "call",
        "found",
        "find",
        "see",
        "account",
        "loan",
        "loans",
        "that",
        "this",
    ]
)
_SWAPPED = re.compile(
    rf"(?<![a-z0-9._\-])[a-z0-9][a-z0-9._\-]{{3,40}}+\s?[#$%&*^]\s?(?:{_PROVIDERS}){_DOT}(?:com|cn|net)(?![a-z])"
)
_MAILBOX = re.compile(
    r"(?:(?:qq|163|126|网易|谷歌|新浪)?(?:邮箱|电邮|邮件地址)|"
    + words("(?:my )?(?:e-?mail(?: address)?|gmail|hotmail|yahoo|outlook)")
    + r")[^\w\n]{0,3}(?:(?:账号|帐号|地址|前缀|号|是|为|名|is|id|address)[^\w\n]{0,3}){0,3}+"
    r"([a-z0-9][a-z0-9._\-]{4,40})"
)
_PREFIX = re.compile(
    rf"(?<![a-z0-9._\-])([a-z0-9][a-z0-9._\-]{{4,40}}+)[^\w\n]{{0,2}}的?(?:{_PROVIDERS}|网易|谷歌)[^\w\n]{{0,2}}(?:邮箱|mail)"
)

_URL = re.compile(
    r"(?:https?|hxxps?|h\*\*ps?|ftp)\s{0,2}:\s{0,2}/\s?/\s?[^\s\u3400-\u9fff，。）]{2,2000}"
    r"|(?<![a-z0-9])www\s?[.。]\s?[a-z0-9\-]{1,63}[^\s\u3400-\u9fff，。）]{0,2000}"
)
_BARE = re.compile(
    r"(?<![a-z0-9@._\-])((?:[a-z0-9\-]{1,63}\.){1,5})([a-z]{2,12})(?![a-z0-9\-])(/[^\s\u3400-\u9fff]{0,500})?"
)
_IS_TLD = re.compile(_TLDS)
_IS_WORD_TLD = re.compile(_WORD_TLDS)
_SPELT = re.compile(
    r"(?<![a-z0-9@\-])[a-z0-9][a-z0-9\-]{1,40}(?:\s{1,2}dot\s{1,2}|\s{0,2}[(\[{<]\s?(?:dot|点|\.)\s?[)\]}>]\s{0,2}"
    r"|\s{0,2}点\s{0,2})(?:com|cn|net|org|top|xyz|vip|cc|io|club|info)(?![a-z0-9])"
    r"|(?<![a-z0-9@])[a-z0-9][a-z0-9\-]{1,40}(?:\s?。\s?|\s\.\s?|\.\s)(?:com|cn|net)(?![a-z0-9])"
)


def find_emails(folded: Folded) -> Iterator[Finding]:
    """Every address, and what is said to be one."""
    text = folded.text
    for match in _AT.finditer(text):
        found = _address(text, match)
        if found is not None:
            yield finding(EMAIL, found[0], *folded.span(found[1], found[2]))
    for pattern in (_SWAPPED, _MAILBOX, _PREFIX):
        for match in pattern.finditer(text):
            token = match[1] if pattern.groups else match[0]
            if re.search("[0-9_.]", token.strip(".")):
                yield finding(EMAIL, Certainty.SUSPECTED, *folded.span(match.start(), match.end()))


def _address(text: str, at: re.Match[str]) -> tuple[Certainty, int, int] | None:
    before = text[max(0, at.start() - _LOCAL_REACH) : at.start()][::-1]
    local = _LOCAL_BACKWARDS.match(before)
    if local is None:
        return None
    start = at.start() - local.end()
    name = local[1][::-1]
    domain = _DOMAIN.match(text, at.end())
    provider = _PROVIDER.match(text, at.end())
    end = max(domain.end() if domain else 0, provider.end() if provider else 0)
    if not end:
        return None
    certainty = _certainty(text, at, name=name, domain=domain, is_provider=provider is not None)
    return None if certainty is None else (certainty, start, end)


def _certainty(
    text: str,
    at: re.Match[str],
    *,
    name: str,
    domain: re.Match[str] | None,
    is_provider: bool,
) -> Certainty | None:
    is_told = _TELLING.search(name) is not None
    if domain and (at["word"] or re.search(r"\s|点|。", domain[1])):
        # Words and sentences are no domains, unless they end as one does.
        domain = domain if _IS_TLD.fullmatch(domain[2]) else None
        if domain is None and not is_provider:
            return None
    if at["sign"] or at["hidden"]:
        return Certainty.CERTAIN if domain else Certainty.SUSPECTED
    if name.split()[-1] in _VERBS:
        return None
    if domain and (_SPELT_DOT.search(domain[1]) or (is_provider and is_told)):
        return Certainty.CERTAIN
    low = max(0, at.start() - _MAIL_REACH)
    is_mail = _MAIL.search(text, low, min(len(text), at.end() + _MAIL_REACH)) is not None
    return Certainty.SUSPECTED if is_provider and (is_told or is_mail) else None


def find_links(folded: Folded) -> Iterator[Finding]:
    """Every link, and every domain that stands alone."""
    text = folded.text
    for match in _URL.finditer(text):
        yield finding(LINK, Certainty.CERTAIN, *folded.span(match.start(), match.end()))
    for match in _BARE.finditer(text):
        if _is_domain(match):
            yield finding(LINK, Certainty.CERTAIN, *folded.span(match.start(), match.end()))
    for match in _SPELT.finditer(text):
        yield finding(LINK, Certainty.SUSPECTED, *folded.span(match.start(), match.end()))


def _is_domain(match: re.Match[str]) -> bool:
    if not re.search("[a-z]", match[1]) and not match[3]:
        return False
    if _IS_TLD.fullmatch(match[2]):
        return True
    return _IS_WORD_TLD.fullmatch(match[2]) is not None and match[3] is not None
