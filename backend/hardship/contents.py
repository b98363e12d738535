"""Sealing what she says of herself, and what is said to her, and opening it."""

from typing import Any

import orjson

from backend.hardship.affordability import Statement
from backend.kit import crypto
from backend.kit.wiring import SealedColumn

STATEMENT = "hardship_application.statement_cipher"
WORDS = "hardship_application.words_cipher"
QUESTION = "hardship_application.question_cipher"
ANSWER = "hardship_application.answer_cipher"
SEALED = (
    SealedColumn("hardship_application", "statement_cipher", context=STATEMENT),
    SealedColumn("hardship_application", "words_cipher", context=WORDS),
    SealedColumn("hardship_application", "question_cipher", context=QUESTION),
    SealedColumn("hardship_application", "answer_cipher", context=ANSWER),
)


def seal_statement(statement: Statement) -> bytes:
    """Her month."""
    return crypto.encrypt_bytes(orjson.dumps(statement), context=STATEMENT)


def open_statement(sealed: bytes) -> Statement:
    """Raises UnreadableError."""
    kept: dict[str, Any] = orjson.loads(crypto.decrypt_bytes(sealed, context=STATEMENT))
    return Statement(**kept)


def seal_words(words: str | None) -> bytes | None:
    """What she wrote."""
    return None if words is None else crypto.encrypt(words, context=WORDS)


def seal_question(words: str) -> bytes:
    """What we asked her."""
    return crypto.encrypt(words, context=QUESTION)


def seal_answer(words: str) -> bytes:
    """What a person wrote to her with the decision."""
    return crypto.encrypt(words, context=ANSWER)


def opened(sealed: bytes | None, *, context: str) -> str | None:
    """The words, or None. Raises UnreadableError."""
    return None if sealed is None else crypto.decrypt(sealed, context=context)
