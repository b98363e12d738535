"""The programme's configuration as one reviewed document, to move it between installations.

A *bundle* is a YAML text with the *things* of every feature: policies, earn rules, badges, packs,
catalogue items, words and plans of messages, campaigns. Its main rule: an import writes drafts and
publishes nothing. Two people still look at each thing, as if it had been typed by hand.
"""
