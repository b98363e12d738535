"""Profile: the facts that policies read, one wide row per borrower, and how each came to be.

Kept: what is stored, and changes only with an event or a window's edge. Fact: what policies
read; ages (days past due, days since..) are counted from a kept day, so that no row is
rewritten because a night has passed. Protected attributes are no facts and live apart.
Main rule: after an event, lock the rows, compute them anew from the loans, then announce.
"""
