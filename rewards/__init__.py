"""Rewards: points, badges, campaigns, catalogue and referrals, never cash."""
