"""The work list: whom to talk to next, why, with what options; one call.

A case is something open about a borrower whom one looks after. Features bring their cases
(`WorkSource`); the order is a rule, the same for everybody, and says nothing about staff.
"""
