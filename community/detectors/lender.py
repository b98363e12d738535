"""Whether a text complains of a lender: those who look at that are not those who look at abuse.

It holds nothing and refuses nothing; it says who reads what was held or reported for another
reason. Missed, a moderator still sends it there.
"""

import re

from community.detectors.folding import fold, normalised

# Both in one text, in any order: whom it is about, and what is wrong.
_LENDER = re.compile(
    r"贷款(?:机构|公司|平台)|借款平台|放款方|出借方|金融公司|消费金融|小贷|银行|信用卡中心|平台"
    r"|[贵你](?:们)?公司|催收|催债|客服|信贷员"
    r"|\b(?:lenders?|creditors?|collectors?|collections? (?:agency|department|people|team)"
    r"|debt collection|loan company|(?:the|my|your) bank|your company|customer (?:service|care)"
    r"|this app)\b"
)
_WRONG = re.compile(
    r"投诉|骚扰|威胁|恐吓|暴力|通讯录|乱收|多收|多扣|乱扣|高利|利息太高|坑人|骗人|欺骗|欺负|霸王"
    r"|不合理|不公平|违规|违法|态度(?:很|太|极|非常|特别)?(?:差|坏|恶劣)|恶劣|不处理|不理|拒绝|推脱"
    r"|推诿|敷衍|不作为|太过分|过分了|没人管|轰炸|打爆|失望"
    r"|\b(?:complain\w*|harass\w*|threat\w*|rude\w*|unfair\w*|illegal\w*|overcharg\w*"
    r"|hidden fees?|lied|lies|lying|ignor\w*|refus\w*|abus\w*|scam\w*|cheat\w*|misle\w*"
    r"|disgust\w*|shame(?:d|ful)?|bully\w*|bullie[ds]|(?:call|phon|ring)\w* (?:me |us )?(?:all day"
    r"|every day|at work|at night|day and night)|won'?t (?:listen|answer|help)|terrible|awful)\b"
)


def is_complaint(title: str, body: str) -> bool:
    """Whether it names a lender and says that something is wrong."""
    said = normalised(fold(f"{title}\n{body}"))
    return bool(_LENDER.search(said) and _WRONG.search(said))
