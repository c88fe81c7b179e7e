"""Backups, for a face: made, listed, verified, restored, and the way back."""
