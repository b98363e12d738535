"""Words that must never reach a borrower [rule R14]: threat, shame, false authority, third party.

`find_unkind(text)` says where and of which kind, each with a better phrase in the text's own
language. It reads a folded text (width, case, look-alikes, signs slipped in between) and answers
with offsets in the text as given. What denies a threat ("nobody will sue you") is none.
"""

from backend.kit.wording.check import Category, Finding, find_unkind

__all__ = ["Category", "Finding", "find_unkind"]
