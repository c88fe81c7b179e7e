"""Channels and deliveries, as rows."""
