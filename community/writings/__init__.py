"""Writings: what posts and comments have in common, which is nearly everything.

One table: text, version, state, counts. A writing is held, published, removed or deleted. The
ladder says what is held: the first three of a new member, contact hints, what rules suspect, the
words of another account again. Earlier texts stay; a deleted writing is shown to nobody.
"""
