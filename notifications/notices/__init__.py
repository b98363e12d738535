"""Notices: what happened, told to her. An event becomes an intent, at most one.

What she did herself a moment ago is told only where an answer or a day follows from it. Of a tier
that is worse the inbox alone speaks: it rings nowhere. History is told to nobody.
"""
