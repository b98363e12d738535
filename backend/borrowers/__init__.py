"""Borrowers: who she is to us, and who looked at her data.

Phone, name and date of birth are sealed; a look-up by phone or full name goes through a keyed
hash of the normalised value. `external_ref` is the one place that turns the lender's ids into
ours: everything else is keyed by the borrower. Every staff view of a borrower is logged with its
purpose, and she can read that log.
"""
