"""Reactions: helpful, thanks, hug. One of each kind from a member, counted where it was given."""
