"""The catalogue: what points can be exchanged for, and each exchange from asking to having.

Kinds are a closed list without cash: a voucher of one merchant for named goods, a physical gift, a
lesson, a donation. A redemption holds points; they are captured when the thing is hers, and
released when it does not come to that. Stock never goes below zero.
"""
