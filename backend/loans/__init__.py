"""Loans: a mirror of the lender's books, to the cent, as of any day.

Facts come in as rows (instalments, statements, payments, adjustments, reported delinquency);
the state of a loan is a pure function of them (`rules.replay`) and is kept beside them, so that
a read is one select. A row that arrives late or is reversed replays the loan. An `installment`
loan has a schedule; a `revolving` one has statements, of which each replaces the last.
`stale` marks a loan whose rows are newer than its kept state: readers replay it on the fly.
"""
