"""Whole stories over HTTP, day by day."""
