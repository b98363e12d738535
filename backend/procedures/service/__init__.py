"""What changes procedures. One verb for each use case; none of them commits."""

from backend.kit.wiring import SealedColumn
from backend.procedures.queries import FILE, REASON, REPLY
from backend.procedures.service.decisions import decide, lift, terminate, withdraw
from backend.procedures.service.openings import note_forgeries, open_procedure
from backend.procedures.service.replies import reply
from backend.procedures.service.signs import end_silences, end_silences_unnoticed

SEALED = (
    SealedColumn("procedure_step", "reason_cipher", context=REASON),
    SealedColumn("procedure_reply", "text_cipher", context=REPLY),
    SealedColumn("procedure_hand_over", "file_cipher", context=FILE),
)

__all__ = [
    "SEALED",
    "decide",
    "end_silences",
    "end_silences_unnoticed",
    "lift",
    "note_forgeries",
    "open_procedure",
    "reply",
    "terminate",
    "withdraw",
]
