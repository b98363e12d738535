"""Detectors: what a text gives away, sells, spreads or cries for, found by rules that are pure.

A finding has a kind, the rule that made it, a certainty, and where it stands in the writer's own
text. A rule's mode says what follows from it: shadow is only counted, flag is shown, hold waits for
a moderator, block refuses what is certain. A complaint about the lender is never a finding, and
nobody is refused for words of despair: she is shown help.
"""
