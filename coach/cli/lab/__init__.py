"""`coach lab` and its commands."""
