"""May this person be reached now? Holds say for how long she is left in peace, and why.

A hold is written in the transaction of the act that causes it (a plan request, a dispute, a
promise, hardship) and stops reminders and collection-like contact, never receipts or security.
"""
