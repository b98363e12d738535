"""Cells that a spreadsheet may open without harm."""

# What a spreadsheet would take for the start of a formula [OWASP: CSV injection].
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """A cell that is never run: what looks like a formula is quoted, a number stays one."""
    text = "" if value is None else str(value)
    is_number = isinstance(value, int)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text
