"""Each word of a badge is signed: whichever is changed, dropped or added is missed or noticed."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from rewards.credentials import integrity
from rewards.credentials.errors import UnreadableCredential
from tests.rewards.credentials.formats.samples import KEY, signed

Path = tuple[str | int, ...]


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every member and item, inner ones too."""
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    for step in steps:
        yield (*path, step)
        yield from _places(value[step], (*path, step))


def _holder(document: Any, path: Path) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document


def _at(document: Any, path: Path) -> Any:
    return _holder(document, path)[path[-1]]


def _holds(document: dict[str, Any]) -> bool:
    try:
        return integrity.verify(document, public_key=KEY.public_key())
    except UnreadableCredential:
        return False


EVERY = list(_places(signed()))
WORDS = [path for path in EVERY if isinstance(_at(signed(), path), str)]


def _name(path: Path) -> str:
    return "/".join(map(str, path))


def test_a_badge_has_words() -> None:
    assert len(WORDS) > 25
    assert _holds(signed())


@pytest.mark.parametrize("path", WORDS, ids=_name)
def test_no_word_can_be_changed(path: Path) -> None:
    document = signed()
    word = _at(document, path)
    for other in {word + "x", word[:-1], word.swapcase(), "https://a.example/x"} - {word}:
        changed = deepcopy(document)
        _holder(changed, path)[path[-1]] = other
        assert not _holds(changed), other


@pytest.mark.parametrize("path", EVERY, ids=_name)
def test_nothing_can_be_left_out(path: Path) -> None:
    document = signed()
    del _holder(document, path)[path[-1]]
    assert not _holds(document)
