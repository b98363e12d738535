"""Log-in, sessions and access tokens: who may call, as whom, for how long.

A token is a JWT signed with Ed25519. Its audience is borrower, staff or client; a staff token
carries roles and a client token scopes, and `staff.rules` says what a role opens. A log-in opens a
session, which its refresh token keeps alive; what is revoked is refused within a second.
"""
