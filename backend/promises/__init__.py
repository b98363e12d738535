"""Promises to pay: an amount by a day, said by her in the app or on the telephone.

A promise is no plan: it changes neither schedule nor tier. While it is open she is left in peace.
Whether it was kept is a function of her payments, so a late booking or a reversal decides anew.
"""
