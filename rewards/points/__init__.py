"""Points: what a borrower earns by keeping her word, in double entry, never cash.

Words: an entry is one thing that happened to her points; its postings move whole points from one
account to another, lot by lot; a lot is what one earning opened, with the last day on which it
can be spent; a hold sets points aside until a deadline. An award is an entry that an earn rule
made: at most one stands for each rule and source.
Main rule: what she has earned is a function of how her loans were paid; the ledger is brought up
to it, and a payment that turns out not to be one takes back exactly what it brought.
"""
