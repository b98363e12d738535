"""Refusals as types. Each says its status, code and title once; `http` renders them [RFC 9457]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from backend.kit.texts import DEFAULT_LOCALE, Locale, Text
from backend.kit.validation_texts import in_both

TYPE_BASE = "https://goodfaith.example/problems/"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. `pointer` is a JSON pointer into the body, with its '#'.

    `members` say more to a machine, such as where in a text a phrase stands.
    """

    pointer: str
    detail: str | Text
    members: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def as_dict(self, locale: Locale) -> dict[str, Any]:
        """Pointer and detail in one language."""
        told = in_both(self.detail) if isinstance(self.detail, str) else self.detail
        return {**self.members, "pointer": self.pointer, "detail": told.in_(locale)}


@dataclass(frozen=True)
class Reason:
    """Why, as a stable code and in the reader's words, or in each language."""

    code: str
    text: str | Text

    def as_dict(self, locale: Locale) -> dict[str, str]:
        """Code and words in one language."""
        words = self.text.in_(locale) if isinstance(self.text, Text) else self.text
        return {"code": self.code, "text": words}


class Problem(Exception):
    """A refusal. Raise a subclass; its class attributes are its published contract."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[Text] = Text("Something went wrong on our side.", "我们这边出了点问题。")
    members: ClassVar[Mapping[str, str]] = {}  # extension members of every such refusal

    def __init__(
        self,
        detail: str | Text | None = None,
        *,
        reasons: Sequence[Reason] = (),
        would_change: Sequence[Any] = (),
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
        **context: Any,
    ) -> None:
        super().__init__(detail.en if isinstance(detail, Text) else detail or self.title.en)
        self.detail = detail
        self.reasons = tuple(reasons)
        self.would_change = tuple(would_change)
        self.errors = tuple(errors)
        self.retry_after_seconds = retry_after_seconds
        self.context = context

    @classmethod
    def title_in(cls, locale: Locale) -> str:
        """The title in one language."""
        return cls.title.in_(locale)

    def as_dict(self, locale: Locale = DEFAULT_LOCALE) -> dict[str, Any]:
        """The body, without `request_id`. `context` becomes extension members."""
        detail = self.detail.in_(locale) if isinstance(self.detail, Text) else self.detail
        body: dict[str, Any] = {
            "type": TYPE_BASE + self.code,
            "title": self.title_in(locale),
            "status": self.status,
            "detail": detail or self.title_in(locale),
            "code": self.code,
        }
        if self.errors:
            body["errors"] = [error.as_dict(locale) for error in self.errors]
        if self.reasons:
            body["reasons"] = [reason.as_dict(locale) for reason in self.reasons]
        if self.would_change:
            body["would_change"] = list(self.would_change)
        return body | dict(self.members) | self.context


class BadRequest(Problem):
    """The bytes could not be read as a request."""

    status, code = 400, "bad-request"
    title = Text("The request could not be read.", "请求无法读取。")


class Unauthorized(Problem):
    """No token, or one that is not accepted."""

    status, code = 401, "unauthorized"
    title = Text("A valid access token is needed.", "需要有效的访问令牌。")
    challenge: ClassVar[str] = 'Bearer realm="goodfaith"'  # what WWW-Authenticate asks for


class Forbidden(Problem):
    """The caller is known and lacks the right."""

    status, code = 403, "forbidden"
    title = Text("You do not have the permission this needs.", "您没有所需的权限。")


class NotFound(Problem):
    """Not there, or somebody else's: the answer is the same."""

    status, code = 404, "not-found"
    title = Text("There is no such thing here.", "这里没有该内容。")


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    status, code = 405, "method-not-allowed"
    title = Text("This address does not take that method.", "此地址不支持该方法。")


class NotAcceptable(Problem):
    """The client accepts nothing that we can send."""

    status, code = 406, "not-acceptable"
    title = Text("None of the accepted answers can be given.", "无法给出您能接受的格式。")


class Conflict(Problem):
    """The state of things does not allow it."""

    status, code = 409, "conflict"
    title = Text("That does not fit the present state.", "与当前状态不符。")


class PreconditionFailed(Problem):
    """The thing changed since the client read it."""

    status, code = 412, "stale"
    title = Text("It was changed since you read it.", "在您读取之后它已被修改。")


class TooLarge(Problem):
    """The body is larger than this address takes."""

    status, code = 413, "too-large"
    title = Text("The request is too large.", "请求太大。")


class UnsupportedMediaType(Problem):
    """The content type is not one that this address reads."""

    status, code = 415, "unsupported-media-type"
    title = Text("This content type is not read here.", "此处不读取该内容类型。")


class Invalid(Problem):
    """Malformed input. `errors` names each field."""

    status, code = 422, "invalid"
    title = Text("Some of the input is not valid.", "部分输入无效。")


class PreconditionRequired(Problem):
    """Edits of shared things say which version they are based on."""

    status, code = 428, "if-match-required"
    title = Text(
        "Say which version you are editing (If-Match).", "请用 If-Match 说明您修改的是哪个版本。"
    )


class TooManyRequests(Problem):
    """Slow down."""

    status, code = 429, "too-many-requests"
    title = Text("Too many requests. Please wait a moment.", "请求过于频繁，请稍候。")


class Unavailable(Problem):
    """A part that we depend on is away; the same request may work in a moment."""

    status, code = 503, "unavailable"
    title = Text("The service is briefly unavailable.", "服务暂时不可用。")
