"""What a doctor sees of this machine, before any database is asked."""
