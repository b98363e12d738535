"""Credentials: badges that a holder can show elsewhere, signed so that anybody can check them.

An award becomes, at its holder's request, an Open Badges 3.0 credential: JSON-LD, signed as Data
Integrity `eddsa-rdfc-2022`, revocable by a bit in a published list. Main rule: what is not signed
is not said. A document with anything that would be left out of the signed form is refused, by
whoever signs it and by whoever checks it, and nothing that is read ever causes a call out.
"""
