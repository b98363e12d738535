"""How long each step may take."""

SLA_WORKING_DAYS = 3
COOLING_OFF_DAYS = 7
CURE_DAYS = 7
REPLY_DAYS = 14
# What a lender who is late adds to the freeze, again each day for as long as it is late.
RELIEF_DAYS = 14
