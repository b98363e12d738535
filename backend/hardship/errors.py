"""Refusals of hardship. Each says what would help."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class ApplicationUnknown(NotFound):
    code = "hardship-application-unknown"
    title = Text("There is no such hardship application.", "没有这份困难援助申请。")


class ApplicationOpen(Conflict):
    code = "hardship-application-open"
    title = Text(
        "We are working on an application of yours. Add to it, or withdraw it and send another.",
        "您已有一份申请正在处理中。您可以补充说明，或撤回后重新提交。",
    )


class ApplicationMoveRefused(Conflict):
    code = "hardship-application-not-open"
    title = Text(
        "This application has gone on to another step, so that is not possible any more. You may"
        " send a new one at any time.",
        "这份申请已进入其他步骤，无法再作此操作。您可以随时提交新的申请。",
    )


class WordsFull(Conflict):
    code = "hardship-words-full"
    title = Text(
        "You have told us a great deal already. Please call us, or send a document instead.",
        "您已提供大量说明。如需补充，请致电我们或提交材料。",
    )


class CheckerDecides(Conflict):
    code = "hardship-checker-decides"
    title = Text(
        "You checked one of its documents: another person decides.",
        "您已核实过其中的材料，须由另一人作出决定。",
    )


class FundShort(Conflict):
    code = "hardship-fund-short"
    title = Text(
        "This month's budget of the fund does not cover that amount. A smaller amount or a top-up"
        " would.",
        "本月基金预算不足以支付该金额。可减少金额或先补充预算。",
    )


class FundGrantOpen(Conflict):
    code = "hardship-fund-grant-open"
    title = Text(
        "This application has a grant from the fund, or one that is proposed.",
        "这份申请已有或正在审批一笔基金援助。",
    )


class FundGrantUnknown(NotFound):
    code = "hardship-fund-grant-unknown"
    title = Text("There is no such grant from the fund.", "没有这笔基金援助。")


class FundGrantSettled(Conflict):
    code = "hardship-fund-grant-settled"
    title = Text("This grant from the fund has been decided.", "这笔基金援助已有结论。")


class TopUpUnknown(NotFound):
    code = "hardship-top-up-unknown"
    title = Text("There is no such top-up.", "没有这笔预算补充。")


class TopUpSettled(Conflict):
    code = "hardship-top-up-settled"
    title = Text("This top-up has been decided.", "这笔预算补充已有结论。")


class PartnerUnknown(NotFound):
    code = "aid-partner-unknown"
    title = Text("There is no such partner.", "没有该合作机构。")


class ReferralUnknown(NotFound):
    code = "hardship-referral-unknown"
    title = Text("There is no such introduction.", "没有这项转介。")


class ReferralSuggested(Conflict):
    code = "hardship-referral-suggested"
    title = Text(
        "This partner was suggested to her for this application.", "已就这份申请推荐过该机构。"
    )


class ReferralSettled(Conflict):
    code = "hardship-referral-settled"
    title = Text("You have answered this suggestion.", "您已答复这项推荐。")


class ReferralConsentNeeded(Conflict):
    """`purpose` names the consent."""

    code = "referral-consent-needed"
    title = Text(
        "Before we introduce you to a partner we need your consent to that purpose. Without it"
        " nothing is passed on, and nothing else changes.",
        "在为您转介之前，需要您同意相应用途。未经同意不会传递任何信息，其他一切不受影响。",
    )
