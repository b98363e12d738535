"""Refusals of the OAuth doors. `error` is the word that OAuth clients look for [RFC 6749, 5.2]."""

from typing import ClassVar

from backend.kit.problems import BadRequest, Conflict, NotFound, Unauthorized, Unavailable
from backend.kit.texts import Text


class OAuthInvalid(BadRequest):
    code = "oauth-request-invalid"
    title = Text("A parameter is missing, repeated or not valid.", "缺少参数、参数重复或参数无效。")
    members: ClassVar = {"error": "invalid_request"}


class GrantTypeUnsupported(BadRequest):
    code = "grant-type-unsupported"
    title = Text("This address serves another grant type.", "此地址不支持该授权类型。")
    members: ClassVar = {"error": "unsupported_grant_type"}


class ScopeRefused(BadRequest):
    code = "scope-refused"
    title = Text("This client may not ask for that scope.", "该客户端无权申请此权限范围。")
    members: ClassVar = {"error": "invalid_scope"}


class ClientRefused(Unauthorized):
    """Unknown, disabled or with a wrong secret: the answer is the same."""

    code = "client-refused"
    title = Text("The client's id and secret are not accepted.", "客户端编号或密钥未被接受。")
    members: ClassVar = {"error": "invalid_client"}
    challenge = 'Basic realm="goodfaith", charset="UTF-8"'


class SubjectTokenRefused(BadRequest):
    """Forged, expired, used before, or of somebody whom we do not know: the answer is the same."""

    code = "subject-token-refused"
    title = Text("The token to exchange is not accepted.", "用于兑换的令牌未被接受。")
    members: ClassVar = {"error": "invalid_request"}


class ExchangeNotConfigured(NotFound):
    code = "exchange-not-configured"
    title = Text(
        "This installation does not exchange the lender's tokens: EXCHANGE_JWKS_URL,"
        " EXCHANGE_ISSUER and EXCHANGE_AUDIENCE are not set.",
        "本系统未启用机构令牌兑换：尚未设置 EXCHANGE_JWKS_URL、EXCHANGE_ISSUER 和"
        " EXCHANGE_AUDIENCE。",
    )
    members: ClassVar = {"error": "invalid_request"}


class LenderKeysAway(Unavailable):
    code = "lender-keys-away"
    title = Text("The lender's keys cannot be fetched just now.", "暂时无法获取机构的公钥。")
    members: ClassVar = {"error": "temporarily_unavailable"}


class ClientUnknown(NotFound):
    code = "client-unknown"
    title = Text("There is no such client.", "没有该客户端。")


class ClientNameTaken(Conflict):
    code = "client-name-taken"
    title = Text("There is already a client of that name.", "已有同名的客户端。")


class ClientDisabled(Conflict):
    code = "client-disabled"
    title = Text("This client is disabled.", "该客户端已停用。")
