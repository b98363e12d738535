"""Webhooks out: what was decided here, told to the lender's machines as it happens.

An endpoint is an address that a machine client names, with the types of message that it wants. A
message is made once of an event; a delivery is one message at one endpoint, tried until it is
taken or three days are over. A message may come twice, and under the same id: the receiver tells.
"""
