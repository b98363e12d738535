"""Benefits: what a borrower is granted and the lender's core system carries out.

A grant is offered, activated and fulfilled, or declined, expired or revoked. The core system
reads the grants and acknowledges each; kinds are a closed list.
"""
