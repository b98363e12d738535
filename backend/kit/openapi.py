"""How routes are documented: refusals as problem+json, security, idempotency, all from the code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask_smorest import Api, Blueprint
from marshmallow import Schema

from backend.kit.parsing import StrictParser
from backend.kit.problems import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
)
from backend.kit.rate_limit import DEFAULT, RouteClass

PROBLEM_JSON = "application/problem+json"
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A refusal [RFC 9457].",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "category": {"type": "string"},
                    "phrase": {"type": "string"},
                    "start": {"type": "integer"},
                    "end": {"type": "integer"},
                    "better": {"type": "string"},
                },
                "description": "`category` and what follows it: of words that must not reach a"
                " borrower. `start` and `end` count code points.",
            },
        },
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "text"],
                "properties": {"code": {"type": "string"}, "text": {"type": "string"}},
            },
        },
        "would_change": {"type": "array", "items": {"type": "object"}},
    },
}
IDEMPOTENCY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Any 1-255 printable characters; a repeat within 24 hours replays the answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
IF_MATCH_PARAMETER = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version you are editing.",
    "schema": {"type": "string"},
}

SIGNATURE_PARAMETERS = [
    {
        "name": name,
        "in": "header",
        "required": True,
        "description": about,
        "schema": {"type": "string"},
    }
    for name, about in (
        ("webhook-id", "The same at every try, and at a replay: take each once."),
        ("webhook-timestamp", "Of this try, in seconds since 1970."),
        ("webhook-signature", "`v1,BASE64`, several while a secret rotates, spaces between them."),
    )
]
# A document of 3.1 holds what is sent as well as what is answered.
MESSAGE_ANSWERS = {
    "2XX": {"description": "Taken, whatever the body says. Answer within 5 seconds."},
    "410": {"description": "Nothing more is wanted: the endpoint is disabled."},
    "default": {"description": "Tried again for 3 days; `Retry-After` of 429 and 503 counts."},
}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Message:
    """A type of message that is sent out by webhook: when, and what is in it."""

    about: str
    schema: type[Schema]


def refuses(*problems: type[Problem]) -> Callable[[View], View]:
    """Document the refusals that a view may answer with, beyond the ones every view has."""

    def mark(view: View) -> View:
        doc = dict(getattr(view, "_apidoc", {}))
        doc["refuses"] = (*doc.get("refuses", ()), *problems)
        view._apidoc = doc  # type: ignore[attr-defined]  # flask-smorest's own place for notes
        return view

    return mark


def note(view: View, **facts: Any) -> View:
    """Leave a fact about a view for its documentation."""
    view._apidoc = dict(getattr(view, "_apidoc", {})) | facts  # type: ignore[attr-defined]
    return view


class DocumentedBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """Documents what every view of ours has in common."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, tag: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tag = tag
        self.scheme: str | None = None
        self.rate: RouteClass = DEFAULT
        self._prepare_doc_cbks.append(self._prepare_common_doc)

    def arguments(self, schema: Any, **kwargs: Any) -> Any:
        """As the parent's; the schema is made once, and not for each request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)

    def add_url_rule(self, rule: str, *args: Any, **kwargs: Any) -> None:
        """As the parent's, under the feature's tag."""
        kwargs["tags"] = kwargs.get("tags") or [self.tag]
        super().add_url_rule(rule, *args, **kwargs)

    def _prepare_common_doc(
        self, doc: dict[str, Any], doc_info: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        problems = [*_common_problems(self.scheme, doc, doc_info), *doc_info.get("refuses", ())]
        parameters = doc.setdefault("parameters", [])
        if doc_info.get("idempotent"):
            parameters.append(IDEMPOTENCY_PARAMETER)
        if doc_info.get("if_match"):
            parameters.append(IF_MATCH_PARAMETER)
            problems += [PreconditionFailed, PreconditionRequired]
        responses = doc.setdefault("responses", {})
        # The generator's own error entries speak of another body than ours.
        for status in [key for key in responses if not _is_success(key)]:
            del responses[status]
        responses.update(_problem_responses(problems))
        doc["x-rate-limit"] = doc_info.get("rate", self.rate).as_json()
        schemes = [self.scheme, *map(str, doc_info.get("also", ()))] if self.scheme else []
        doc["security"] = [{scheme: []} for scheme in schemes]
        return doc


def _is_success(status: int | str) -> bool:
    return str(status).isdigit() and int(status) < HTTPStatus.BAD_REQUEST


def _common_problems(
    scheme: str | None, doc: dict[str, Any], doc_info: dict[str, Any]
) -> list[type[Problem]]:
    problems: list[type[Problem]] = [TooManyRequests, Unavailable]
    if scheme is not None:
        problems += [Unauthorized, Forbidden]
    if doc_info.get("arguments"):
        problems.append(Invalid)
    if "requestBody" in doc:
        problems += [BadRequest, TooLarge, UnsupportedMediaType]
    if doc_info.get("idempotent"):
        problems += [BadRequest, Conflict, Invalid]
    # An address with an id in it that is no id is not found, before any view runs.
    problems.append(NotFound)
    return problems


def _problem_responses(problems: list[type[Problem]]) -> dict[str, Any]:
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems:
        known = by_status.setdefault(problem.status, [])
        if problem not in known:
            known.append(problem)
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {
            "description": " ".join(f"`{kind.code}`: {kind.title_in('en')}" for kind in kinds),
            "content": content,
        }
        for status, kinds in sorted(by_status.items())
    }


class DocumentedApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The OpenAPI document of the product."""

    def register_blueprint(self, blp: Any, **kwargs: Any) -> None:
        """As the parent's, with one tag a feature."""
        super().register_blueprint(blp, **kwargs)
        # One tag for each feature, however many audiences it serves.
        tags = self.spec._tags
        own = tags.pop()
        if isinstance(blp, DocumentedBlueprint):
            own = {**own, "name": blp.tag}
        if own["name"] not in {tag["name"] for tag in tags}:
            tags.append(own)

    def _register_error_handlers(self) -> None:
        """Ours are in `http`: one shape for every refusal."""


def describe(api: DocumentedApi) -> None:
    """Add the parts that every operation refers to."""
    api.spec.components.schema("Problem", PROBLEM_SCHEMA)
    for scheme, who in (
        ("borrower", "A borrower's access token."),
        ("staff", "A staff member's access token; her roles decide what it opens."),
        ("client", "An access token of the lender's core system; its scopes decide."),
    ):
        api.spec.components.security_scheme(
            scheme, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": who}
        )


def describe_messages(api: DocumentedApi, messages: Mapping[str, Message], *, tag: str) -> None:
    """Add what is sent out, under `webhooks`."""
    found = {}
    for name, message in messages.items():
        schema = message.schema.__name__.removesuffix("Schema")
        api.spec.components.schema(schema, schema=message.schema)
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        found[name] = {
            "post": {
                "summary": message.about,
                "tags": [tag],
                "parameters": SIGNATURE_PARAMETERS,
                "requestBody": {"required": True, "content": content},
                "responses": MESSAGE_ANSWERS,
                "security": [],
            }
        }
    api.spec.options["webhooks"] = found
