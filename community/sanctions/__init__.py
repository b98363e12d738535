"""What a member may not do for a while, in the community and nowhere else.

A sanction touches no benefit, no price and no tier: nothing of it leaves the wall but that there is
a word for her in the community.
"""
