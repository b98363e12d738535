"""Badges: marks of a word that was kept, each with its rule, its picture and its date.

A definition is versioned data: a condition on facts, counters that must be reached, texts in both
languages. Main rule: an award stands while there was a moment at which its badge was earned, by
payments that were not taken back; each badge is held once in its period.
"""
