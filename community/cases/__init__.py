"""Cases: one for each text that somebody should look at, however many reasons there are.

A case is leased to one moderator at a time, by a random token; when the lease is over it is
anybody's again. Every step stands in its trail, which is added to only. Nothing here knows what
is said in the text, and nothing knows a loan.
"""
