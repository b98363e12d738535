"""What the core system is asked to do: it stays the system of record, we decide within limits.

An instruction is written in the transaction of the act that it follows from, and stays open until
the core system acknowledges it. The same occasion never instructs twice.
"""
