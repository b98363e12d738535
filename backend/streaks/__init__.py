"""Streaks: how many instalments, or reported months, in a row were kept.

A unit is an instalment of a schedule, or one month of an account whose days past due the core
system reports. Main rule: on time means paid in full by the due day plus the product's grace;
one instalment in six months that was paid at most five days late is repaired.
"""
