"""Why she got a message, or did not, in her words."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from backend.contacts.queries.rule_texts import find_rule
from backend.events.contacts import Channel, Purpose
from backend.kit.db import AnyRow
from backend.kit.texts import Locale, Text
from notifications.deliveries.rules import Reason
from notifications.messages.queries import Ways
from notifications.messages.rules import Standing, Way, codes_in, standing_of, standing_of_way
from notifications.preferences.wording import CHANNELS, PURPOSES
from notifications.templates import queries as templates
from notifications.templates import service as books
from notifications.templates.errors import TemplateUnknown
from notifications.templates.rendering import ValueMissingError
from notifications.templates.rules import doorbell

STANDINGS = {
    Standing.WAITING: Text("It waits for its hour.", "等待合适的时间发送。"),
    Standing.ON_ITS_WAY: Text("It is being sent.", "正在发送。"),
    Standing.SENT: Text("It was sent.", "已发送。"),
    Standing.RECEIVED: Text("It reached your device.", "已送达您的设备。"),
    Standing.UNCERTAIN: Text(
        "We cannot tell whether it reached you; the inbox has it.",
        "我们无法确定是否送达，收件箱中可以查看。",
    ),
    Standing.IN_THE_INBOX: Text(
        "It is in your inbox, and rang nowhere.", "仅在收件箱中，未另行提醒。"
    ),
    Standing.NOT_SENT: Text("It was not sent.", "未发送。"),
}
REASONS: Mapping[str, Text] = {
    Reason.EXPIRED: Text("Its time was over before it could be sent.", "发送前已过时效。"),
    Reason.NO_TEMPLATE: Text("These words are no longer used.", "该消息内容已停用。"),
    Reason.NO_DEVICE: Text(
        "No device of yours is registered, and you want it by no other way.",
        "您没有已登记的设备，也未选择其他接收方式。",
    ),
    Reason.SWITCHED_OFF: Text("You switched it off.", "您已关闭此类消息。"),
    Reason.NO_CONSENT: Text("You have not said yes to offers.", "您未同意接收优惠信息。"),
    Reason.DEVICE_GONE: Text(
        "That device is not registered any more.", "该设备已不再登记。"
    ),
    Reason.NO_ADDRESS: Text("We have no address of yours for this.", "我们没有您的相应联系方式。"),
    Reason.ADDRESS_GONE: Text(
        "Nobody receives messages at the address we have of you.",
        "我们保存的您的联系方式已无法接收消息。",
    ),
    Reason.RECEIVED: Text(
        "It had reached you on another way before.", "您已通过其他方式收到。"
    ),
    Reason.PAID: Text("You had paid already. Thank you.", "您已付款，谢谢您。"),
    Reason.WITHDRAWN: Text("It was taken back while it waited.", "等待发送期间已撤回。"),
    Reason.NOT_ALLOWED: Text(
        "The rules of contact did not allow it.", "联系规则不允许在此时发送。"
    ),
    Reason.REFUSED: Text(
        "The service that carries messages did not take it.", "消息服务未接受此消息。"
    ),
    Reason.TRIED_ENOUGH: Text(
        "We tried often and could not deliver it.", "多次尝试后仍未能送达。"
    ),
    Reason.NO_CHANNEL: Text(
        "Messages of this kind are not sent this way here.", "此处不以该方式发送消息。"
    ),
    "moved_on": Text(
        "Something newer had happened before it could be sent.", "发送之前情况已有新的变化。"
    ),
    "inbox_alone": Text("It was meant for your inbox alone.", "此消息仅放入收件箱。"),
}  # fmt: skip
OTHER = Text("It was no longer right to send it.", "当时已不适合发送。")
WHY_YOU = Text(
    "You get this because it belongs to: {purpose}.", "您收到此消息，因为它属于：{purpose}。"
)


def in_words(
    session: Session, messages: Sequence[AnyRow], ways: Ways, *, locale: Locale
) -> list[dict[str, Any]]:
    """Messages with their reasons; the words of all are fetched at once."""
    versions = templates.current_versions(session)
    wanted = [(each.template, _version(each, versions)) for each in messages]
    book = books.open_book(session, wanted=wanted)
    return [
        _shown(
            each, ways.get(each.id, ()), title=_title(each, book, version, locale), locale=locale
        )
        for each, (_, version) in zip(messages, wanted, strict=True)
    ]


def _version(message: AnyRow, versions: Mapping[str, int]) -> int:
    # What is in the inbox has its words; what is not would have had those of now.
    kept: int | None = message.template_version
    return versions.get(message.template, 1) if kept is None else kept


def _title(message: AnyRow, book: books.Book, version: int, locale: Locale) -> str:
    try:
        return book.render(
            template=message.template,
            version=version,
            variables=message.variables,
            locale=locale,
        ).title
    except (TemplateUnknown, ValueMissingError):
        return doorbell(Purpose(message.purpose), locale)[0]


def _shown(
    message: AnyRow, ways: Sequence[AnyRow], *, title: str, locale: Locale
) -> dict[str, Any]:
    is_in_inbox = message.put_at is not None
    standing = standing_of(
        [Way(way.state, way.received_at) for way in ways],
        is_waiting=message.is_waiting,
        is_in_inbox=is_in_inbox,
    )
    purpose = PURPOSES[Purpose(message.purpose)][0].in_(locale)
    return {
        "id": message.id,
        "title": title,
        "purpose": message.purpose,
        "why_text": WHY_YOU.format(purpose=purpose).in_(locale),
        "subject": message.subject,
        "created_at": message.created_at,
        "due_at": message.due_at,
        "expires_at": message.expires_at,
        "standing": standing,
        "standing_text": STANDINGS[standing].in_(locale),
        "reasons": reasons_in(why_of(message, ways), locale=locale),
        "is_in_inbox": is_in_inbox,
        "read_at": message.read_at,
        "ways": [_way(way, locale=locale) for way in ways],
    }


def why_of(message: AnyRow, ways: Sequence[AnyRow]) -> str | None:
    """Why a message was not told, or was told by its inbox alone.

    What ended after all of it had gone out stopped nothing, and is no reason of it.
    """
    why: str | None = message.closed_why
    stopped = {why, Reason.WITHDRAWN}
    return why if not ways or any(way.why in stopped for way in ways) else None


def _way(way: AnyRow, *, locale: Locale) -> dict[str, Any]:
    standing = standing_of_way(Way(way.state, way.received_at))
    return {
        "id": way.id,
        "channel": way.channel,
        "channel_text": CHANNELS[Channel(way.channel)].in_(locale),
        "platform": way.platform,
        "standing": standing,
        "standing_text": STANDINGS[standing].in_(locale),
        "reasons": reasons_in(way.why, locale=locale),
        "due_at": way.due_at,
        "done_at": way.done_at,
        "received_at": way.received_at,
        "opened_at": way.opened_at,
    }


def reasons_in(why: str | None, *, locale: Locale) -> list[dict[str, Any]]:
    """Stored reasons as codes with their words; of a rule of contact its source, too."""
    return [_reason(code, locale) for code in codes_in(why)]


def _reason(code: str, locale: Locale) -> dict[str, Any]:
    rule = find_rule(code)
    words, citation = (REASONS.get(code, OTHER), None) if rule is None else rule
    return {"code": code, "text": words.in_(locale), "citation": citation}
