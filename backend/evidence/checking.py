"""One entry, or one receipt, proved step by step: for staff who look at it and whoever asks them.

`audit` proves the whole log; this proves a part of it in a moment, however long the log is.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from backend.evidence import merkle, notes, queries, rules, tiles
from backend.evidence.audit import faults_of, leaf_hash_of
from backend.evidence.errors import EntryUnknown
from backend.evidence.notes import PROOF_VERSION
from backend.kit.db import AnyRow
from backend.kit.texts import Text

RECEIPT_LENGTH_MAX = 20_000
HASHES_MAX = 64  # of a proof, in a tree of any size
_HEADER = re.compile(r"extra ([A-Za-z0-9+/=]+)\nindex (0|[1-9][0-9]{0,18})\n")


class Step(StrEnum):
    """What a proof is made of, in its order."""

    text: Text

    def __new__(cls, value: str, en: str, zh_cn: str) -> "Step":
        """From a line below."""
        step = str.__new__(cls, value)
        step._value_ = value
        step.text = Text(en, zh_cn)
        return step

    FORM = "form", "It is a receipt as this log writes them", "格式符合本日志的凭证"
    RECORD = (
        "record",
        "The stored record is what was committed to",
        "所存记录与承诺值一致",
    )
    COMMITMENT = (
        "commitment",
        "The record that was shown is what was committed to",
        "所示记录与承诺值一致",
    )
    LEAF = "leaf", "Its leaf is the one that the log holds there", "叶子节点与日志中的一致"
    INCLUSION = (
        "inclusion",
        "Its proof leads to the root that was signed",
        "包含证明可推导至已签名的根",
    )
    SIGNATURE = "signature", "The head bears this log's signature", "日志头带有本日志的签名"
    CONSISTENCY = (
        "consistency",
        "The head that first held it is a beginning of the newest",
        "最早收录它的日志头是当前日志的前缀",
    )


@dataclass(frozen=True)
class Finding:
    """One step: whether it holds, or None where there is nothing left to hold (erased)."""

    step: Step
    holds: bool | None


@dataclass(frozen=True)
class Proved:
    """All steps of one proof, and what it is about as far as that was legible."""

    findings: tuple[Finding, ...]
    index: int | None = None
    size: int | None = None  # of the head that it was proved under
    root: bytes | None = None
    witnesses: int = 0
    proof: tuple[bytes, ...] = ()
    leaf: dict[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every step does, those that are erased left out."""
        return all(finding.holds is not False for finding in self.findings)


def prove_entry(session: Session, *, index: int) -> Proved:
    """Make the proof of an entry from the rows as they are. Refuses: EntryUnknown."""
    row = queries.find_entry(session, index=index)
    head = queries.find_head(session)
    if row is None or head is None or index >= head.size:
        raise EntryUnknown
    parts = merkle.inclusion_parts(index, head.size)
    hash_ = leaf_hash_of(row)
    try:
        proof = tiles.proof_of(
            parts, tiles=queries.read_tiles(session, places=tiles.places_of(parts))
        )
    except tiles.BrokenError:
        proof = []
    root = bytes(head.root)
    findings = (
        Finding(Step.RECORD, None if row.erased_at is not None else not list(faults_of(row))),
        Finding(Step.LEAF, queries.find_leaf_hash(session, index=index) == hash_),
        Finding(Step.INCLUSION, merkle.verify_inclusion(index, head.size, hash_, proof, root)),
        Finding(Step.SIGNATURE, _is_ours(session, head.note)),
        Finding(Step.CONSISTENCY, _grew_from(session, index=index, head=head)),
    )
    witnesses = len(queries.list_cosignatures(session, size=head.size))
    return Proved(findings, index, head.size, root, witnesses, tuple(proof))


def prove_receipt(session: Session, *, text: str, record: str | None, salt: str | None) -> Proved:
    """Verify a receipt that somebody shows, and against this log as it stands.

    With `record` and `salt` (as the app shows them) also that it is this that was logged.
    """
    read = _read(text)
    if read is None:
        return Proved((Finding(Step.FORM, holds=False),))
    index, data, proof, note = read
    head = notes.read_checkpoint(note)
    leaf = _leaf_of(data)
    findings = [Finding(Step.FORM, holds=head is not None and leaf is not None)]
    if record is not None and salt is not None:
        findings.append(Finding(Step.COMMITMENT, _opens(record, salt=salt, leaf=leaf)))
    hash_ = merkle.leaf_hash(data)
    findings.append(Finding(Step.LEAF, queries.find_leaf_hash(session, index=index) == hash_))
    if head is None:
        return Proved(tuple(findings), index, leaf=leaf or {})
    is_in = merkle.verify_inclusion(index, head.size, hash_, proof, head.root)
    own = queries.find_checkpoint(session, size=head.size)
    findings += [
        Finding(Step.INCLUSION, is_in),
        Finding(Step.SIGNATURE, _is_ours(session, note)),
        Finding(
            Step.CONSISTENCY,
            own is not None
            and bytes(own.root) == head.root
            and _is_beginning(session, size=head.size, root=head.root),
        ),
    ]
    witnesses = sum(row.line in note for row in queries.list_cosignatures(session, size=head.size))
    return Proved(
        tuple(findings), index, head.size, head.root, witnesses, tuple(proof), leaf=leaf or {}
    )


def _grew_from(session: Session, *, index: int, head: AnyRow) -> bool:
    first = queries.find_first_head_with(session, index=index)
    if first is None:
        return False
    return _is_beginning(session, size=first.size, root=bytes(first.root), newest=head)


def _is_beginning(
    session: Session, *, size: int, root: bytes, newest: AnyRow | None = None
) -> bool:
    """Whether the log of that size and root is a beginning of the newest head's."""
    head = newest or queries.get_head(session)
    if size == 0 or size > head.size:
        return False
    parts = merkle.consistency_parts(size, head.size) if size < head.size else []
    try:
        proof = tiles.proof_of(
            parts, tiles=queries.read_tiles(session, places=tiles.places_of(parts))
        )
    except tiles.BrokenError:
        return False
    return merkle.verify_consistency(size, head.size, proof, root, bytes(head.root))


def _is_ours(session: Session, note: str) -> bool:
    """Signed by a key of this log, and by none of them wrongly."""
    said = [notes.is_signed_by(note, known) for known, _ in queries.list_verifiers(session)]
    return True in said and False not in said


def _read(text: str) -> tuple[int, bytes, list[bytes], str] | None:
    """Index, leaf data, proof and signed note of a receipt [c2sp.org/tlog-proof@v1]."""
    head, _, note = text.strip().replace("\r\n", "\n").partition("\n\n")
    version, _, rest = f"{head}\n".partition("\n")
    found = _HEADER.match(rest)
    if version != PROOF_VERSION or found is None:
        return None
    lines = rest[found.end() :].splitlines()
    try:
        data = base64.b64decode(found[1], validate=True)
        proof = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:  # binascii.Error is one; text beyond ASCII is another
        return None
    if len(proof) > HASHES_MAX or int(found[2]) >= rules.WHOLE_MAX:
        return None
    return int(found[2]), data, proof, f"{note}\n"


def _leaf_of(data: bytes) -> dict[str, str] | None:
    """What a leaf's data says of itself; None for any other bytes."""
    try:
        leaf = json.loads(data)
    except ValueError:
        return None
    names = {"commitment", "record_id", "time", "type"}
    is_leaf = isinstance(leaf, dict) and set(leaf) == names
    return leaf if is_leaf and all(isinstance(each, str) for each in leaf.values()) else None


def _opens(record: str, *, salt: str, leaf: dict[str, str] | None) -> bool:
    try:
        salted = base64.b64decode(salt.strip(), validate=True) + record.strip().encode()
    except ValueError:
        return False
    return leaf is not None and hashlib.sha256(salted).hexdigest() == leaf["commitment"]
