"""Reminders around a due day, and greetings on four days of the year.

A plan is versioned data: on which days before and after a due day, in which wording, between which
hours, and which share of borrowers is left without so that the effect can be measured. One person
writes a version, another publishes it; rules bound both. The planner is one statement a share of
borrowers: whoever has something due by her own calendar, is not held and not in the holdout is
told once. Of a loan its oldest open line counts; of several loans one a day. Whatever ends the
reason (paid, a plan, a promise, a dispute) takes back what was not sent yet.
"""
