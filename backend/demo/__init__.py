"""The demo: a real portfolio of 30,000 card borrowers and twenty people in every situation.

The card borrowers are real and anonymous (data/ATTRIBUTION.md). The twenty people are made up,
labelled so, with phone numbers from the ranges that are kept for fiction.
"""
