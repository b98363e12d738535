"""Whose words these are, told to one person who must help, for a reason that a second one reads.

Only somebody who holds a case of a person in need may ask. Another looks at it within a day; what
nobody has looked at by then is named by the audit. Everything is kept.
"""
