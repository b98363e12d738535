"""Messages: why she got one, or did not, from the reasons that were stored when it was decided.

A message is an intent; a way is one attempt to ring for it: a push to a device, a text message, an
e-mail. What is told here was written down by the pipeline; nothing is guessed afterwards.
"""
