"""Preferences: what she wants to be told by push, text message and e-mail.

A cell is a purpose and a channel. What she never touched follows the table in `rules`; the last
word counts for each cell. Security is always sent. The inbox is hers in any case: it rings nowhere.
"""
