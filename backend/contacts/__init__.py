"""May this person be reached now? Holds say for how long she is left in peace, and why.

A hold is written in the transaction of the act that causes it (a plan request, a dispute, a
promise, hardship) and stops reminders and collection-like contact, never receipts or security.
The ledger holds every contact that people made with her: attempt, connection and conversation
are distinct facts, and she reads all of them. What she switches off is never held against her.
"""
