"""Benefits in a borrower's words."""

from collections.abc import Mapping
from typing import Any

from backend.benefits.rules import GUARD_CAUSE, Ending, Kind, Proof, State
from backend.benefits.waiver_rules import WAIVER_CAUSE
from backend.kit.money import Money
from backend.kit.texts import Locale, Text

NAMES = {
    Kind.FEE_WAIVER: Text("Penalty interest waived", "罚息减免"),
    Kind.RATE_DISCOUNT: Text("A better rate on your next loan", "下一笔贷款利率优惠"),
    Kind.LIMIT_INCREASE: Text("A higher credit limit, if you want it", "可选的额度提升"),
    Kind.PRIORITY_SERVICE: Text("Priority service", "优先服务"),
    Kind.HARDSHIP_FUND: Text("Help from the hardship fund", "困难援助基金"),
    Kind.TRAINING_REFERRAL: Text("A place in a training course", "培训名额"),
    Kind.AID_REFERRAL: Text("An introduction to an aid partner", "援助机构转介"),
    Kind.GREETING: Text("A greeting", "问候"),
    Kind.EDUCATION_PACK: Text("Learning material", "学习资料"),
    Kind.HEALTH_CONSULT: Text("A health consultation", "健康咨询"),
}
GUARD_TEXTS = {
    Kind.FEE_WAIVER: Text(
        "You kept your word six times in a row: {amount} of penalty interest is waived.",
        "您已连续六次按时还款：减免罚息 {amount}。",
    ),
    Kind.RATE_DISCOUNT: Text(
        "You kept your word six times in a row: {points} percentage points a year on your next"
        " loan.",
        "您已连续六次按时还款：下一笔贷款年利率调整 {points} 个百分点。",
    ),
    Kind.LIMIT_INCREASE: Text(
        "You kept your word six times in a row: your limit may rise by {percent} %. It is yours to"
        " decide.",
        "您已连续六次按时还款：额度可提升 {percent}%，由您自行决定。",
    ),
}
CAUSES = {
    GUARD_CAUSE: Text("Six payments on time in a row", "连续六次按时还款"),
    "dispute": Text("You said it was wrong, and you were right", "您的异议成立"),
    WAIVER_CAUSE: Text("You asked for it", "您提出的减免申请"),
    "pack": Text("From the programme", "来自会员计划"),
    "plan": Text("Part of the plan that you agreed on", "您所商定方案的一部分"),
    "plan-freeze": Text(
        "Charged while your request was waiting, so it does not count",
        "申请处理期间产生的罚息，不计收",
    ),
}
WAIVER_TEXT = Text("{amount} is waived.", "已减免 {amount}。")
OTHER_CAUSE = Text("Granted to you", "为您发放")
STATES = {
    State.OFFERED: Text("Waiting for you", "待您领取"),
    State.ACTIVATED: Text("Taken up", "已领取"),
    State.FULFILLED: Text("Carried out", "已兑现"),
    State.DECLINED: Text("You did not want it", "您已谢绝"),
    State.EXPIRED: Text("Its last day has passed", "已过期"),
    State.REVOKED: Text("No longer available", "已不可用"),
}
ENDINGS = {
    Ending.DECLINED: Text("You did not want it.", "您已谢绝。"),
    Ending.DATE_PASSED: Text("Its last day has passed.", "已超过最后期限。"),
    Ending.PROGRAMME_LEFT: Text("It was part of the programme.", "该权益属于会员计划。"),
    Ending.NO_LONGER_FITS: Text(
        "It is for another stage than yours now; there may be others for you.",
        "该权益适用于其他阶段，您可能会有其他合适的权益。",
    ),
    Ending.STREAK_UNDONE: Text(
        "A payment was returned, so six in a row are still to come.",
        "有一笔还款被退回，因此连续六次尚未达成。",
    ),
    Ending.BY_STAFF: Text("Our team took it back.", "已由我们的工作人员撤回。"),
}
PROOFS = {
    Proof.INCOME: Text("a proof of income", "收入证明"),
    Proof.UNEMPLOYMENT: Text("a proof of unemployment", "失业证明"),
    Proof.ILLNESS: Text("a medical certificate", "医疗证明"),
    Proof.STUDY: Text("a proof of enrolment", "在读证明"),
    Proof.CARING: Text("a proof of caring for somebody", "照护证明"),
    Proof.DISASTER: Text("a proof of the disaster", "灾害证明"),
}


def in_words(grant: Any, *, locale: Locale) -> dict[str, Any]:
    """A grant as its borrower reads it."""
    kind, state = Kind(grant.kind), State(grant.state)
    return {
        "id": grant.id,
        "kind": grant.kind,
        "name": NAMES[kind].in_(locale),
        "text": _text(grant, kind, locale),
        "terms": grant.terms,
        "state": grant.state,
        "state_text": STATES[state].in_(locale),
        "cause": {"code": grant.cause, "text": CAUSES.get(grant.cause, OTHER_CAUSE).in_(locale)},
        "pack": _pack(grant, locale),
        "granted_at": grant.granted_at,
        "expires_on": grant.expires_on,
        "activated_on": grant.activated_on,
        "needs_proof": PROOFS[Proof(grant.needs_proof)].in_(locale) if grant.needs_proof else None,
        "ending": _ending(grant, locale),
    }


def _pack(grant: Any, locale: Locale) -> dict[str, str] | None:
    if grant.pack_document is None:
        return None
    name = Text.from_json(grant.pack_document["name"])
    return {"code": grant.pack_code, "name": name.in_(locale)}


def _ending(grant: Any, locale: Locale) -> dict[str, str] | None:
    if grant.ending is None:
        return None
    return {"code": grant.ending, "text": ENDINGS[Ending(grant.ending)].in_(locale)}


def _text(grant: Any, kind: Kind, locale: Locale) -> str:
    if grant.pack_document is not None:
        item_code = grant.occasion.rsplit(":", 1)[-1]
        for item in grant.pack_document["items"]:
            if item["code"] == item_code:
                return Text.from_json(item["text"]).in_(locale)
    template = GUARD_TEXTS.get(kind) if grant.cause == GUARD_CAUSE else None
    if template is None and kind is Kind.FEE_WAIVER and "amount_minor" in grant.terms:
        template = WAIVER_TEXT
    if template is None:
        return NAMES[kind].in_(locale)
    terms: Mapping[str, Any] = grant.terms
    amount = ""
    if "amount_minor" in terms:
        amount = Money(terms["amount_minor"], terms["currency"]).in_words(locale)
    return template.format(
        amount=amount, points=terms.get("points"), percent=terms.get("percent")
    ).in_(locale)
