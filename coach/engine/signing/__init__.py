"""Requests between coach's own services that nobody can change, replay or turn to another use."""
