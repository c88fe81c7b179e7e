"""Sending a digest to where a person reads it: mail, ntfy, a webhook, Apprise."""
