"""What a borrower reads of her streaks: what counted, what did not, and never a reproach."""

from datetime import date

from backend.kit.texts import Locale, Text
from backend.streaks.rules import Reason

OF_GOAL = Text("{current} of {goal}", "{current}/{goal}")
IN_A_ROW = Text("{current} in a row", "连续 {current} 次")
NEXT_DAY = Text("; next counts on {on}", "；下一次计入日为 {on}")
NEXT_MONTH = Text("; {month} counts next", "；下一个计入月份为 {month}")

REASONS = {
    Reason.ON_TIME: Text("Paid in full by its due day.", "在到期日前已全额还清。"),
    Reason.WITHIN_GRACE: Text("Paid in full within the days of grace.", "在宽限期内已全额还清。"),
    Reason.NOT_DUE_YET: Text(
        "Still open; it counts once it is paid in time.", "尚未还清；按时还清后即计入。"
    ),
    Reason.SKIPPED: Text(
        "Nothing was due; your streak simply goes on.", "本期无需还款；连续记录照常延续。"
    ),
    Reason.REPAIRED: Text(
        "Paid {days} days after its due day; repaired, so it counts.",
        "在到期日后 {days} 天还清；已获补救，照常计入。",
    ),
    Reason.REPAIR_USED: Text(
        "Paid {days} days after its due day. Another one within six months is repaired already.",
        "在到期日后 {days} 天还清。六个月内已有另一期获得补救。",
    ),
    Reason.PAID_LATE: Text(
        "Paid after its due day. Thank you for paying it; a new streak begins here.",
        "在到期日后还清。感谢您的还款，新的连续记录由此开始。",
    ),
    Reason.NOT_PAID: Text(
        "Not paid in full yet. A new streak begins with the next one on time.",
        "尚未全额还清。下一期按时还款，新的连续记录就会开始。",
    ),
    Reason.MONTH_ON_TIME: Text("The whole month was on time.", "整月均按时还款。"),
    Reason.MONTH_WITHOUT_USE: Text(
        "The account was not used; your streak simply goes on.",
        "本月账户未使用；连续记录照常延续。",
    ),
    Reason.MONTH_LATE: Text(
        "The account was not up to date all month. A new streak begins with the next one.",
        "本月账户未能全月按时还款。新的连续记录从下一个月开始。",
    ),
}
ONE_DAY = {
    Reason.REPAIRED: Text(
        "Paid one day after its due day; repaired, so it counts.",
        "在到期日后 1 天还清；已获补救，照常计入。",
    ),
    Reason.REPAIR_USED: Text(
        "Paid one day after its due day. Another one within six months is repaired already.",
        "在到期日后 1 天还清。六个月内已有另一期获得补救。",
    ),
}


def explain(
    *, current: int, goal: int | None, next_on: date | None, is_reported: bool, locale: Locale
) -> str:
    """How far she is and what counts next: "5 of 6; next counts on 2026-12-05"."""
    words = (OF_GOAL if goal else IN_A_ROW).format(current=current, goal=goal).in_(locale)
    if next_on is None:
        return words
    next_words = (NEXT_MONTH if is_reported else NEXT_DAY).in_(locale)
    return words + next_words.format(on=next_on, month=f"{next_on:%Y-%m}")


def why(reason: Reason, *, days_late: int | None, locale: Locale) -> str:
    """Why a unit stands as it does."""
    words = ONE_DAY.get(reason) if days_late == 1 else None
    return (words or REASONS[reason]).format(days=days_late).in_(locale)
