"""`coach note`: how notes are written, found and shown."""
