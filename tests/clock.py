"""The business time at which tests happen."""

from datetime import UTC, date, datetime

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
TODAY = date(2026, 11, 23)
