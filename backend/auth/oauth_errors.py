"""Refusals of the OAuth doors. `error` is the word that OAuth clients look for [RFC 6749, 5.2]."""

from typing import Any, ClassVar

from backend.kit.problems import BadRequest, Conflict, NotFound, Problem, Unauthorized, Unavailable
from backend.kit.texts import DEFAULT_LOCALE, Locale, Text


class OAuthRefusal(Problem):
    code = "oauth-refused"
    title = Text("The request was refused.", "请求被拒绝。")
    error: ClassVar[str] = "server_error"

    def as_dict(self, locale: Locale = DEFAULT_LOCALE) -> dict[str, Any]:
        """As the parent's, with that word."""
        return super().as_dict(locale) | {"error": self.error}


class OAuthInvalid(OAuthRefusal, BadRequest):
    status, code = 400, "oauth-request-invalid"
    title = Text("A parameter is missing, repeated or not valid.", "缺少参数、参数重复或参数无效。")
    error = "invalid_request"


class GrantTypeUnsupported(OAuthRefusal, BadRequest):
    status, code = 400, "grant-type-unsupported"
    title = Text("This address serves another grant type.", "此地址不支持该授权类型。")
    error = "unsupported_grant_type"


class ScopeRefused(OAuthRefusal, BadRequest):
    status, code = 400, "scope-refused"
    title = Text("This client may not ask for that scope.", "该客户端无权申请此权限范围。")
    error = "invalid_scope"


class ClientRefused(OAuthRefusal, Unauthorized):
    """Unknown, disabled or with a wrong secret: the answer is the same."""

    status, code = 401, "client-refused"
    title = Text("The client's id and secret are not accepted.", "客户端编号或密钥未被接受。")
    error = "invalid_client"
    challenge = 'Basic realm="goodfaith", charset="UTF-8"'


class SubjectTokenRefused(OAuthRefusal, BadRequest):
    """Forged, expired, used before, or of somebody whom we do not know: the answer is the same."""

    status, code = 400, "subject-token-refused"
    title = Text("The token to exchange is not accepted.", "用于兑换的令牌未被接受。")
    error = "invalid_request"


class ExchangeNotConfigured(OAuthRefusal, NotFound):
    status, code = 404, "exchange-not-configured"
    title = Text(
        "This installation does not exchange the lender's tokens: EXCHANGE_JWKS_URL,"
        " EXCHANGE_ISSUER and EXCHANGE_AUDIENCE are not set.",
        "本系统未启用机构令牌兑换：尚未设置 EXCHANGE_JWKS_URL、EXCHANGE_ISSUER 和"
        " EXCHANGE_AUDIENCE。",
    )
    error = "invalid_request"


class LenderKeysAway(OAuthRefusal, Unavailable):
    status, code = 503, "lender-keys-away"
    title = Text("The lender's keys cannot be fetched just now.", "暂时无法获取机构的公钥。")
    error = "temporarily_unavailable"


class ClientUnknown(NotFound):
    code = "client-unknown"
    title = Text("There is no such client.", "没有该客户端。")


class ClientNameTaken(Conflict):
    code = "client-name-taken"
    title = Text("There is already a client of that name.", "已有同名的客户端。")


class ClientDisabled(Conflict):
    code = "client-disabled"
    title = Text("This client is disabled.", "该客户端已停用。")
