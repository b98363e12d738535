"""Notifications: devices, preferences, inbox and reminders, one contact budget over all channels."""
