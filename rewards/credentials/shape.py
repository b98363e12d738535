"""What JSON a credential may be, before anybody asks what it means.

JSON-LD leaves out quietly what it cannot turn into statements, and a number may be written in ways
that two libraries sign differently. So what could be left out or read in two ways is refused: the
same document then means the same to us, to whoever verifies it, and to whoever just reads it.
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from rewards.credentials.errors import UnreadableCredential

BYTES_MAX = 64 * 1024  # of a body; lists of ours may be longer
DEPTH_MAX = 12
# Members and items in all. A badge of ours has about 40; PyLD's time grows with the square.
VALUES_MAX = 400
WHOLE_MAX = 2**53 - 1  # I-JSON: what every reader takes for the same number
NAME_SHOWN_MAX = 60

TERM = re.compile(r"[A-Za-z][A-Za-z0-9]*", re.ASCII)
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", re.ASCII)
IN_A_LANGUAGE = {"@value", "@language"}
# RDFC-1.0 writes these as \uXXXX and PyLD does not; a surrogate alone is no character at all.
NOT_SIGNED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def check(document: object) -> None:
    """Whether a document, ours or another's, is of this shape. Refuses: UnreadableCredential."""
    if not isinstance(document, dict):
        raise UnreadableCredential.because(
            "not-an-object", "A credential is a JSON object.", "凭证应为 JSON 对象。"
        )
    members = {key: value for key, value in document.items() if key != "@context"}
    for count, _ in enumerate(_walk(members, depth=1), start=1):
        if count > VALUES_MAX:
            raise UnreadableCredential.because(
                "too-many-values",
                f"A credential has at most {VALUES_MAX} values.",
                f"凭证最多包含 {VALUES_MAX} 个值。",
            )


def unknown_term(name: object) -> UnreadableCredential:
    """The refusal of a word that no context defines: it would not be signed."""
    shown = re.sub(r"[^\x20-\x7e]", "?", str(name))[:NAME_SHOWN_MAX]
    return UnreadableCredential.because(
        "unknown-term",
        f'The contexts do not define "{shown}", so no signature would cover it.',
        f"上下文没有定义“{shown}”，签名无法覆盖它。",
    )


def refuse_term(name: object) -> NoReturn:
    """As `unknown_term`, for whoever calls back."""
    raise unknown_term(name)


def _walk(value: Any, *, depth: int) -> Iterator[None]:
    """Each value once, for whoever counts them."""
    yield
    if depth > DEPTH_MAX:
        raise _too_deep()
    if isinstance(value, dict):
        _check_names(value)
        for each in value.values():
            yield from _walk(each, depth=depth + 1)
    elif isinstance(value, list):
        _check_items(value)
        for each in value:
            yield from _walk(each, depth=depth + 1)
    else:
        _check_scalar(value)


def _check_names(value: dict[str, Any]) -> None:
    if value.keys() == IN_A_LANGUAGE:
        words, language = value["@value"], value["@language"]
        if isinstance(words, str) and isinstance(language, str) and LANGUAGE.fullmatch(language):
            return
    for name in value:
        if TERM.fullmatch(name) is None:
            raise unknown_term(name)


def _check_items(value: list[Any]) -> None:
    if not value or any(isinstance(each, list) for each in value):
        raise UnreadableCredential.because(
            "list",
            "A list is empty or has a list in it, which no signature would cover.",
            "列表为空或嵌套了列表，签名无法覆盖它。",
        )


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        if NOT_SIGNED.search(value):
            raise UnreadableCredential.because(
                "character",
                "A text has a control character or half a character in it.",
                "文本中有控制字符或不完整的字符。",
            )
    elif value is None:
        raise UnreadableCredential.because(
            "null", "Null is not signed; leave the member out.", "空值不会被签名，请省略该成员。"
        )
    elif not isinstance(value, int) or abs(value) > WHOLE_MAX:
        raise _number()


def _number() -> UnreadableCredential:
    return UnreadableCredential.because(
        "number",
        "Numbers are whole and below 2^53; others are not written in one way only.",
        "数字须为小于 2^53 的整数，其他数字的写法不唯一。",
    )


def _too_deep() -> UnreadableCredential:
    return UnreadableCredential.because(
        "too-deep", f"It is nested deeper than {DEPTH_MAX}.", f"嵌套层数超过 {DEPTH_MAX}。"
    )
