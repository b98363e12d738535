"""Requests for repayment plans."""
