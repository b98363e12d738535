"""The demo's calendar: which day is today, and what a month of the data becomes."""

from calendar import monthrange
from datetime import date, timedelta

DAYS_AFTER_CLOSE = 23


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_before(day: date, months: int) -> date:
    """The first day of the month that many months earlier."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def last_close(real_today: date) -> date:
    """The latest month end whose demo day is not in the future."""
    this_month = real_today.replace(day=1)
    close = this_month - timedelta(days=1)
    if close + timedelta(days=DAYS_AFTER_CLOSE) > real_today:
        close = close.replace(day=1) - timedelta(days=1)
    return close


def demo_today(real_today: date) -> date:
    """The day at which a demo that starts on `real_today` stands: 23 days after the last close."""
    return last_close(real_today) + timedelta(days=DAYS_AFTER_CLOSE)
