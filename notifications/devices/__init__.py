"""Devices: the installations of the app that ring when something waits in the inbox.

An installation belongs to whoever registered it last, and so does an address: one live row for
each. A retired row keeps when and why, and forgets its address.
"""
