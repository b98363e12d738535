"""The bundle as a text: a small, safe part of YAML, and the hash of what it says. Pure.

Read: mappings with text keys, lists, text, whole numbers, decimals, true, false and null. Tags,
anchors, aliases, merge keys and a second document are refused, so that a short text never becomes
a long one, and a day or a time stays the text that it is.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785
import yaml

from backend.kit.fields import TEXT_PATTERN
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text

FORMAT = "goodfaith-configuration/1"
SIZE_MAX = 1_000_000  # characters
DEPTH_MAX = 40
_TOO_DEEP = "nesting depth"  # as the parser says it
_DEEP = Text("Line {line}: nested too deep.", "第 {line} 行：嵌套过深。")
_NO_YAML = Text("Line {line}: this is no YAML.", "第 {line} 行：不是 YAML。")
NODES_MAX = 200_000
LINE_WIDTH = 100
WHOLE_MAX = 2**53 - 1  # what every reader of JSON holds exactly
MEMBERS = ("format", "hash", "contents")

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}(?:e[-+][0-9]{1,2})?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_PRINTABLE = re.compile(TEXT_PATTERN)
ABOUT = (
    "# Programme configuration of Goodfaith. Importing it writes drafts; each still waits for a\n"
    "# second person. The hash is of the contents: `goodfaith config import` names the right one\n"
    "# after an edit by hand.\n"
)


@dataclass(frozen=True)
class Bundle:
    """What a text says: parts by name, each with its things by key."""

    contents: Mapping[str, Mapping[str, Any]]
    hash: str


def hash_of(contents: Mapping[str, Any]) -> str:
    """Of what is said, not of how it is written [RFC 8785]."""
    said: Any = contents
    return "sha256:" + hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def write_bundle(contents: Mapping[str, Any]) -> str:
    """The text; the same contents are always the same text."""
    document = {"format": FORMAT, "hash": hash_of(contents), "contents": contents}
    text: str = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=LINE_WIDTH
    )
    return ABOUT + text


def read_bundle(text: str) -> Bundle:
    """A text in checked form; its things are not looked at. Refuses: Invalid."""
    document = load(text)
    if not isinstance(document, dict) or set(document) != set(MEMBERS):
        raise _wrong(
            "#", Text("Must hold format, hash and contents.", "须含 format、hash 与 contents。")
        )
    if document["format"] != FORMAT:
        raise _wrong("#/format", Text(f"Must be {FORMAT}.", f"应为 {FORMAT}。"))
    contents = document["contents"]
    if not isinstance(contents, dict):
        raise _wrong("#/contents", Text("Must be a mapping.", "应为键值对。"))
    for name, things in contents.items():
        if not isinstance(things, dict):
            raise _wrong(f"#/contents/{name}", Text("Must be a mapping.", "应为键值对。"))
    right = hash_of(contents)
    if document["hash"] != right:
        told = Text(
            "The contents are not those that were exported. If the edit was meant, write: {hash}",
            "内容与导出时不同。若为有意修改，请改为：{hash}",
        )
        raise _wrong("#/hash", told.format(hash=right))
    return Bundle(contents, right)


def load(text: str) -> Any:
    """The value of a text. Refuses: Invalid, with the line."""
    if len(text) > SIZE_MAX:
        raise _wrong(
            "#", Text(f"Must be at most {SIZE_MAX} characters.", f"最多 {SIZE_MAX} 个字符。")
        )
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        # Newer parsers count for themselves, before they hand on anything.
        is_deep = _TOO_DEEP in (getattr(error, "problem", None) or "")
        raise _wrong(
            "#", _DEEP.format(line=line) if is_deep else _NO_YAML.format(line=line)
        ) from None
    return builder.value


def _wrong(pointer: str, told: Text) -> Invalid:
    return Invalid(errors=[FieldError(pointer, told)])


@dataclass
class _Open:
    """A mapping or a list that is not closed yet."""

    value: Any
    key: str | None = None


@dataclass
class _Builder:
    """Builds one value out of a parser's events, without recursion."""

    value: Any = None
    stack: list[_Open] = field(default_factory=list)
    nodes: int = 0
    documents: int = 0

    def take(self, event: Any) -> None:
        """The next event. Refuses: Invalid."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            self._refuse(self.documents > 1, line, "one document only", "只能有一个文档")
        self._refuse(isinstance(event, yaml.AliasEvent), line, "no aliases", "不允许别名")
        if isinstance(event, yaml.NodeEvent):
            self._take_node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _take_node(self, event: Any, line: int) -> None:
        self.nodes += 1
        self._refuse(self.nodes > NODES_MAX, line, "too much", "内容过多")
        self._refuse(event.anchor is not None, line, "no anchors", "不允许锚点")
        # Quoted text bears no tag of its own here; what does was given one by hand.
        self._refuse(event.tag is not None, line, "no tags", "不允许标签")
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event, line), line)
            return
        self._refuse(len(self.stack) >= DEPTH_MAX, line, "nested too deep", "嵌套过深")
        made: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._add(made, line)
        self.stack.append(_Open(made))

    def _add(self, value: Any, line: int) -> None:
        if not self.stack:
            self.value = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None
        else:
            self._refuse(not isinstance(value, str), line, "keys are text", "键须为文本")
            self._refuse(value in top.value, line, "this key is there twice", "键重复")
            top.key = value

    def _scalar(self, event: Any, line: int) -> Any:
        text: str = event.value
        self._refuse(
            _PRINTABLE.fullmatch(text) is None, line, "no control characters", "不允许控制字符"
        )
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            is_long = len(text) > len(str(-WHOLE_MAX)) or abs(int(text)) > WHOLE_MAX
            self._refuse(is_long, line, "this number is too long", "数字过长")
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text

    def _refuse(self, is_wrong: bool, line: int, en: str, zh_cn: str) -> None:  # noqa: FBT001
        if is_wrong:
            raise _wrong("#", Text(f"Line {line}: {en}.", f"第 {line} 行：{zh_cn}。"))


class _Dumper(yaml.CSafeDumper):  # type: ignore[misc]  # yaml has no types
    """Text of several lines as it is read; nothing said by reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's shape
        """Whatever comes twice is written twice."""
        return True


def _write_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)
