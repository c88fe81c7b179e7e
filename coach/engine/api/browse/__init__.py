"""Leafing through what is here: trades by the window, days as a calendar, one trade's context."""
