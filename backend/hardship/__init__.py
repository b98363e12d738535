"""Hardship: a borrower says what happened and what is left each month; relief comes first.

For sensitive reasons first relief begins with the application itself, without a document. A person
decides, with reasons and what would change them; whoever checked a document is another person.
The emergency fund is a ledger of monthly budgets that two people must agree on; an introduction to
a partner needs her consent, and her word for that partner.
"""
