"""The PostgreSQL of coach's own: its programs, its cluster, its server; no SQL."""
