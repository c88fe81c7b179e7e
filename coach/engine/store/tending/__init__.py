"""What keeps the tables small: purges of what has expired, and autovacuum of hot tables."""
