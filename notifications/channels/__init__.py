"""Ways out: push, text message and mail, behind one interface.

A channel takes one message and says what became of it; it keeps nothing, tries nothing twice and
knows nobody. What is tried again, and when, is decided by whoever called it.
"""
