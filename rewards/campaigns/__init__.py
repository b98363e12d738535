"""Campaigns: what a marketer rewards for a while, within a budget, and with a group to compare.

Words: a document says what a campaign does; a version is a document with its author, checked as
P1 to P10, replayed over the past and approved by a second person; terms are its checked form.
Main rule: what was approved is what runs. A version never changes once it was submitted, and a
changed campaign is a new version.
"""
