"""Repayment plans: a borrower asks for a quote, and what is agreed is kept on both sides.

Words: a *request* names a quote and becomes a *plan* when the core system has booked it; a *move*
takes it from one state to another and is written down with who made it and why. While it waits
she is left in peace: the *freeze*. The main rule: only she accepts or withdraws, and what is
booked equals what she was quoted, row for row.
"""
