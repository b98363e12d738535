"""The moderators' desk: one case at a time, with all that is needed to decide it and no more.

What is known of a loan never stands here. No list ranks moderators, and nothing counts how fast
one of them is.
"""
