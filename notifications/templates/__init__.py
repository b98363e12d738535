"""The words of every message: what is shipped, and what staff wrote on top of it.

A template has a code and versions. Version 1 of a shipped one is code (`shipped/`) and never
changes once it is released: inbox items keep (code, version, variables) and are worded when they
are read. Staff write the next versions as rows; another person publishes them.

`{name}` stands for a declared variable; `[[...]]` is left out where a variable in it has no value.
What may light up on a lock screen (SMS, mail, the push's own text) holds no variable
and no word of debt, amount, name or tier. `rules.doorbell` is all that a push ever shows.
"""
