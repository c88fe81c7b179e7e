"""Channels that a digest is sent by, and sending it."""
