"""Disputes: she says that something in the books is wrong, and a person answers with reasons.

While one is open her tier cannot fall, she is left in peace, and the disputed line says so. An
upheld fee or penalty becomes a waiver; what a waiver cannot mend is named as the core's to correct.
"""
