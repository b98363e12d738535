"""Consents: what a borrower lets us do beyond the service itself, by purpose and version.

Each is off until she gives it, none is needed for her loan, and taking it back is as easy. What she
said is only ever added; the newest row of a purpose counts. Everybody who needs to know asks
`queries.is_granted`, or `queries.granted_to` where many borrowers are asked about at once.
"""
