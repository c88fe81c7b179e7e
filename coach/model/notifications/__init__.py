"""Channels that a digest is sent by, and what became of each sending."""
