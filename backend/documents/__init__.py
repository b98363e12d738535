"""Documents that a borrower sends as proofs: kept sealed, scanned, checked by a person.

A document is received; somebody verifies it, or not. Whoever decides on what it proves is another
person. A suspicion of forgery is told to her, and she has 14 days to answer before another person
than the one who raised it decides: until then nothing follows from it.
"""
