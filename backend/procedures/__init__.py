"""Procedures: when the programme may end for somebody, and only after she could answer.

A person opens a case on a ground that is proven (silence, or a document found forged), which
gives notice to the borrower; she has 14 days to reply; another person decides; only then may the
programme be terminated. Any sign of life ends silence. What ended by mistake is given back.
"""
