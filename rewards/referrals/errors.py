"""Refusals of referrals."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class CodeUnknown(NotFound):
    code = "referral-code-unknown"
    title = Text(
        "There is no such code. Please check it once more.", "没有该邀请码，请再核对一次。"
    )


class OwnCode(Conflict):
    code = "referral-own-code"
    title = Text("This is your own code; it is for a friend.", "这是您自己的邀请码，请分享给朋友。")


class AlreadyReferred(Conflict):
    code = "referral-already-accepted"
    title = Text("You have accepted an invitation before.", "您此前已接受过邀请。")


class CircularReferral(Conflict):
    code = "referral-circular"
    title = Text("You were the one who brought this member here.", "对方是由您邀请加入的。")


class NotNewHere(Conflict):
    code = "referral-not-new"
    title = Text(
        "Invitations are for new members; you have been with us for a while.",
        "邀请面向新成员，您已是我们的老朋友。",
    )


class NotEnrolled(Conflict):
    code = "referral-not-enrolled"
    title = Text("Invitations are part of the programme.", "邀请属于会员计划的一部分。")


class ReferralUnknown(NotFound):
    code = "referral-unknown"
    title = Text("There is no such referral.", "没有该邀请记录。")


class ReferralMoveRefused(Conflict):
    code = "referral-not-in-review"
    title = Text("This referral does not wait for a decision.", "该邀请并不在待审核状态。")
