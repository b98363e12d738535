"""The evidence log for staff: finding entries, proving them, verifying a receipt that is shown.

It tells of an entry what anybody may know of it, and never what it commits to. Searching by a
borrower is a look at her, and logged as one.
"""
