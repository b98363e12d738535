"""From JSON-LD to statements, with the contexts that ship with the product and no others.

Nothing is ever fetched, and nothing is left out quietly: a word without a definition, an address
that is none, a member that carries something beside statements is a refusal.
"""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyld import ContextResolver, jsonld

from rewards.credentials import shape
from rewards.credentials.errors import UnreadableCredential

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
FOLDER = Path(__file__).parent / "contexts"
STATEMENTS_MAX = 400

# PyLD makes whole addresses of words that are none, on a base of its own unless it is given one:
# it is given this, by which they are known again.
BASE = "relative://none/"
BLANK = re.compile(r"_:[A-Za-z0-9]{1,40}", re.ASCII)
# [RFC 3987] as N-Quads writes it between < and >: anything else could write statements of its own.
ADDRESS = re.compile(r'(?!relative:)[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>"{}|^`\\\s]+')

Dataset = dict[str, list[dict[str, Any]]]


class Contexts:
    """The contexts that documents may name, each by its address."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._documents = documents
        # PyLD's caches are neither thread-safe nor apart for other sets of contexts.
        self._of_thread = threading.local()

    def load(self, address: str, _options: object = None) -> dict[str, Any]:
        """What PyLD asks for. Refuses: UnreadableCredential (an address that is not listed)."""
        if address not in self._documents:
            raise _not_listed()
        document = json.loads(json.dumps(self._documents[address]))
        return {"contextUrl": None, "documentUrl": address, "document": document, "tag": "static"}

    def check(self, named: object) -> None:
        """Whether a document may have this `@context`. Refuses: UnreadableCredential."""
        names = named if isinstance(named, list) else [named]
        known = [name for name in names if isinstance(name, str) and name in self._documents]
        if len(known) != len(names) or len(set(known)) != len(names) or known[:1] != [CREDENTIALS]:
            raise _not_listed()

    def options(self) -> dict[str, Any]:
        """How PyLD is to read a document."""
        if not hasattr(self._of_thread, "resolver"):
            self._of_thread.resolver = ContextResolver({}, self.load)
        return {
            "base": BASE,
            "documentLoader": self.load,
            "contextResolver": self._of_thread.resolver,
        }


SHIPPED = Contexts(
    {
        CREDENTIALS: json.loads((FOLDER / "credentials-v2.json").read_text(encoding="utf-8")),
        OPEN_BADGES: json.loads((FOLDER / "openbadges-3.0.3.json").read_text(encoding="utf-8")),
    }
)


def statements_of(document: Mapping[str, Any], *, contexts: Contexts = SHIPPED) -> Dataset:
    """What a document says, as RDF. Refuses: UnreadableCredential."""
    shape.check(document)
    contexts.check(document.get("@context"))
    try:
        dataset: Dataset = _Strict(shape.refuse_term).to_rdf(dict(document), contexts.options())
    except jsonld.JsonLdError:
        raise UnreadableCredential.because(
            "not-json-ld", "This is not valid JSON-LD.", "这不是有效的 JSON-LD。"
        ) from None
    if sum(map(len, dataset.values())) > STATEMENTS_MAX:
        raise UnreadableCredential.because(
            "too-many-statements",
            f"A credential makes at most {STATEMENTS_MAX} statements.",
            f"凭证最多包含 {STATEMENTS_MAX} 条陈述。",
        )
    return dataset


class _Strict(jsonld.JsonLdProcessor):  # type: ignore[misc]  # PyLD is untyped
    """PyLD's processor, which looks at what it read before it makes statements of it."""

    def expand(self, input_: Any, options: Any) -> Any:
        expanded = super().expand(input_, options)
        _check_nodes(expanded)
        return expanded


def _check_nodes(nodes: Sequence[Any]) -> None:
    for each in nodes:
        if "@value" in each:
            _check_value(each)
        elif "@list" in each:
            _check_nodes(each["@list"])
        else:
            _check_node(each)


def _check_value(value: Mapping[str, Any]) -> None:
    datatype = value.get("@type")
    if datatype is not None and ADDRESS.fullmatch(datatype) is None:
        # JSON as a value hides its members from all that is checked here.
        raise shape.unknown_term(datatype)


def _check_node(node: Mapping[str, Any]) -> None:
    for name, values in node.items():
        if name == "@id":
            _check_address(values)
        elif name == "@type":
            for each in values:
                _check_type(each)
        elif ADDRESS.fullmatch(name) is None:
            raise shape.unknown_term(name)
        else:
            _check_nodes(values)


def _check_type(name: str) -> None:
    if ADDRESS.fullmatch(name) is None:
        raise shape.unknown_term(name)


def _check_address(address: str) -> None:
    if ADDRESS.fullmatch(address) is None and BLANK.fullmatch(address) is None:
        raise UnreadableCredential.because(
            "address", "An id is not a whole address.", "某个 id 不是完整的地址。"
        )


def _not_listed() -> UnreadableCredential:
    return UnreadableCredential.because(
        "unlisted-context",
        f"Contexts are {CREDENTIALS} first, then {OPEN_BADGES}; no others are read or fetched.",
        f"上下文须以 {CREDENTIALS} 开头，其后可为 {OPEN_BADGES}；不读取也不下载其他上下文。",
    )
