"""Documents in their borrower's words."""

from collections.abc import Iterable
from typing import Any

from backend.documents import contents
from backend.documents.rules import Kind, State, SuspicionState
from backend.kit.texts import Locale, Text

KINDS = {
    Kind.PROOF_OF_INCOME: Text("Proof of income", "收入证明"),
    Kind.JOB_LOSS: Text("Proof that a job ended", "离职或失业证明"),
    Kind.MEDICAL: Text("Medical certificate", "医疗证明"),
    Kind.DEATH_CERTIFICATE: Text("Death certificate", "死亡证明"),
    Kind.CARE: Text("Proof of caring for somebody", "照护证明"),
    Kind.SEPARATION: Text("Proof of a separation", "分居或离婚证明"),
    Kind.POLICE_REPORT: Text("Police report", "报警回执"),
    Kind.DISASTER: Text("Proof of a disaster", "灾害证明"),
    Kind.STUDY: Text("Proof of study", "在读证明"),
    Kind.PARENTAL_LEAVE: Text("Proof of parental leave", "育儿假证明"),
    Kind.BUSINESS: Text("Papers of a business", "经营材料"),
    Kind.OTHER: Text("Another document", "其他材料"),
}
STATES = {
    State.RECEIVED: Text(
        "We have it. Somebody will look at it soon.", "已收到，我们会尽快由专人核实。"
    ),
    State.VERIFIED: Text("Somebody looked at it, and all is well.", "已由专人核实，没有问题。"),
    State.NOT_VERIFIED: Text(
        "We could not confirm it. Another copy, or another proof, will help.",
        "暂时无法核实。您可以提供另一份副本或其他证明。",
    ),
    State.SUSPECTED: Text(
        "We have a question about it. Please tell us your side; nothing changes for you meanwhile.",
        "我们对这份材料有一个疑问，请告诉我们您的说明；在此期间对您没有任何影响。",
    ),
    State.FORGED: Text(
        "Two people looked into it and found that it is not genuine. You may ask us why.",
        "经两位工作人员核查，这份材料不属实。您可以询问原因。",
    ),
}
OUTCOMES = {
    SuspicionState.SUSPECTED: Text("Nobody has decided yet.", "尚无结论。"),
    SuspicionState.UPHELD: Text("It was found not to be genuine.", "经核查不属实。"),
    SuspicionState.DISMISSED: Text(
        "The question is settled in your favour. Thank you for your patience.",
        "疑问已澄清，结果对您有利。感谢您的耐心。",
    ),
}


def in_words(row: Any, *, suspicions: Iterable[Any], locale: Locale) -> dict[str, Any]:
    """A document as its borrower reads it. The last question about it counts."""
    asked = [each for each in suspicions if each.document_id == row.id]
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_text": KINDS[Kind(row.kind)].in_(locale),
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256.hex(),
        "issuer": contents.opened(row.issuer_cipher, context=contents.ISSUER),
        "period_from_on": row.period_from_on,
        "period_to_on": row.period_to_on,
        "state": row.state,
        "state_text": STATES[State(row.state)].in_(locale),
        "uploaded_at": row.uploaded_at,
        "question": question_in_words(asked[-1], locale=locale) if asked else None,
    }


def question_in_words(row: Any, *, locale: Locale) -> dict[str, Any]:
    """What she was asked about a document, what she said, and what was found."""
    return {
        "asked_at": row.suspected_at,
        "grounds": contents.opened(row.grounds_cipher, context=contents.GROUNDS),
        "reply_until_on": row.reply_until_on,
        "reply": contents.opened(row.reply_cipher, context=contents.REPLY),
        "replied_at": row.replied_at,
        "outcome": row.state,
        "outcome_text": OUTCOMES[SuspicionState(row.state)].in_(locale),
        "reason": contents.opened(row.decision_cipher, context=contents.DECISION),
        "decided_at": row.decided_at,
    }
