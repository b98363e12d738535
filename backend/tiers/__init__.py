"""Tiers: where a borrower stands, by a published policy over her facts, and why.

Raw: what the policy says of her facts now. Effective: what counts, after grace, freeze and
override. Main rule: better at once, worse after the days of grace, never while a freeze holds.
The internal code of a tier never leaves staff screens; she reads its public code and name.
"""
