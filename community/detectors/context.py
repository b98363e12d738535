"""What stands around a number: a way to reach somebody, a number of a case, an amount."""

import re

NEAR = 16


def words(alternatives: str) -> str:
    """A pattern of whole Latin words, which a Chinese character ends as well."""
    return rf"(?<![a-z])(?:{alternatives})(?![a-z])"


# What somebody says who wants to be called.
REACH = re.compile(
    r"电话|手机|座机|联系方式|联系我|联系号|打给我|打我|致电|加我|短信|来电|热线|咨询|号码|[vw]x|微信|威信|薇信"
    "|"
    + words("call|ring|dial|text|sms|phone|tel|mobile|cell|whats ?app|wechat|reach|contact|number")
)
# Right before a number: that it is somebody's line, which seven or eight digits alone do not say.
LINE = re.compile(
    r"(?:(?:电话|手机|座机|联系方式|联系我|打给我|打我|致电|(?:我的?|电话|手机|联系)号码?)[^\d\n]{0,8}"
    "|"
    + words("call|ring|dial|text|phone|tel|mobile|cell|whatsapp|phone number|my number|contact")
    + r"[^\d\n]{0,14})$"
)
# Right before a number: that it counts something else than a line.
CASE = re.compile(
    r"(?:订单|单号|运单|快递|物流|流水|合同|案号|案件|工单|凭证|票据|发票|编号|批次|申请号|受理|投诉|"
    r"参考号|交易|户号|取件|追踪|"
    + words(
        "order|case|ref|reference|ticket|tracking|invoice|complaint|contract|agreement|"
        "transaction|claim|confirmation|application|parcel|policy|docket|receipt|serial"
    )
    + r")[^\d\n]{0,14}$"
)
AMOUNT_BEFORE = re.compile(r"(?:[$¥€£￥]|rmb|cny|usd|eur|gbp|人民币)\s*$")
AMOUNT_AFTER = re.compile(r"\s*(?:%|元|块|万|千|亿|人民币|rmb|yuan|dollars|percent|usd|cny)")


def before(text: str, start: int, pattern: re.Pattern[str], *, reach: int = 28) -> bool:
    """Whether the words right before `start` say so."""
    return pattern.search(text[max(0, start - reach) : start]) is not None


def around(text: str, start: int, end: int, pattern: re.Pattern[str], *, reach: int = NEAR) -> bool:
    """Whether the words around say so."""
    return pattern.search(text, max(0, start - reach), min(len(text), end + reach)) is not None


def is_amount(text: str, start: int, end: int) -> bool:
    """Whether a currency or a unit says that it is a sum."""
    return before(text, start, AMOUNT_BEFORE, reach=4) or AMOUNT_AFTER.match(text, end) is not None
