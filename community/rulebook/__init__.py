"""The rulebook: the mode that each rule is in, who put it there and why, how often it was right.

What moderators decide is counted for every rule that found the text, also for those in shadow. A
rule comes to hold or block when it was right often enough, or when a lead says why all the same.
"""
