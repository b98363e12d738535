"""How soon a second person looks at it."""

from datetime import timedelta

LOOKED_AT_WITHIN = timedelta(hours=24)
SHOWN_MAX = 100
