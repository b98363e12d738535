"""Cases that people decide: what was held, what was reported, who needs help, what is appealed.

A case is leased to one moderator at a time, by a random token. A decision belongs to one version
of one text: who decides on anything else is told what was decided meanwhile. Whatever hurts an
author waits ten minutes before it counts, and can be undone as long as it can be appealed. Nothing
here knows a loan, and a complaint about the lender is not abuse.
"""
