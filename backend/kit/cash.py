"""Words by which money would come in by the back door of a free text [rule P1: never cash]."""

from collections.abc import Iterable

CASH_WORDS = (
    "cash", "refund", "rebate", "payout", "bank transfer", "gift card", "prepaid", "wallet",
    "现金", "返现", "红包", "转账", "退款", "礼品卡", "购物卡", "代金券", "充值",
)  # fmt: skip


def find_cash_word(texts: Iterable[str]) -> str | None:
    """The first word in any of the texts that speaks of money or its like, or None."""
    for text in texts:
        folded = text.casefold()
        for word in CASH_WORDS:
            if word in folded:
                return word
    return None
