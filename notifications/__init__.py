"""Notifications: devices, preferences, inbox, reminders; one contact budget for all channels."""
