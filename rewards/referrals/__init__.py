"""Referrals: a member recommends the programme, and a friend of hers says yes.

The friend consents herself, by giving the code. Nothing is earned until she has kept a due date of
her own; whoever shares a telephone or a name with the other is looked at by a person first.
"""
