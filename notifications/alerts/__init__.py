"""Staff on duty are called: somebody must look, now. Of whom and why, nothing is said or kept.

An alert is one row, open until the lender's paging gateway took it or nothing waits any more.
However much happens meanwhile, it is one; after one was taken the next rings a minute later.
"""
