"""Every way to pay a loan back differently, priced to the cent before the borrower asks for it.

Words: an *option* is one kind with its parameters (*terms*); a *quote* is a priced option, kept,
signed and good for two weeks. Its *rows* are the loan's whole schedule as the core system would
book it, its *basis* what it was reckoned from: a loan that changed since makes it stale.
The main rule: a quote moves nothing, and what is booked later equals it row for row.
"""
