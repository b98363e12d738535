"""Refusals of webhooks."""

from backend.kit.problems import Conflict, NotFound, Unauthorized
from backend.kit.texts import Text


class EndpointUnknown(NotFound):
    code = "webhook-endpoint-unknown"
    title = Text("There is no such webhook endpoint.", "没有这个 Webhook 端点。")


class DeliveryUnknown(NotFound):
    code = "webhook-delivery-unknown"
    title = Text("There is no such delivery at this endpoint.", "该端点没有这条投递记录。")


class EndpointTaken(Conflict):
    code = "webhook-endpoint-taken"
    title = Text("You have an endpoint at this address already.", "您已有一个使用此地址的端点。")


class TooManyEndpoints(Conflict):
    code = "webhook-endpoints-full"
    title = Text(
        "You have as many endpoints as there may be; delete one first.",
        "端点数量已达上限，请先删除一个。",
    )


class TooManySecrets(Conflict):
    code = "webhook-secrets-full"
    title = Text(
        "Several earlier secrets still sign; rotate without overlap, or wait.",
        "仍有多个旧密钥在签名，请不设重叠期轮换，或稍后再试。",
    )


class EndpointDisabled(Conflict):
    code = "webhook-endpoint-disabled"
    title = Text("This endpoint is disabled; enable it first.", "该端点已停用，请先启用。")


class ClientGone(Unauthorized):
    """A token outlives the client that it was made for by a moment."""

    code = "client-gone"
    title = Text("This client does not exist any more.", "该客户端已不存在。")
