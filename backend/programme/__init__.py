"""Programme: who takes part, who is the control group, and what became of each enrolment.

Main rule: the assignment of the pilot is drawn once, when a borrower first falls overdue, in
the order of a keyed hash, and is stored; rewards and benefits are for the enrolled.
"""
