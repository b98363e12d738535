"""The people who run the product: accounts, roles, permissions, and the trail of what they did.

A role is a name for a set of permissions; `rules.PERMISSIONS` is the one table that says so.
"""
