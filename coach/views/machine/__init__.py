"""How this machine and what runs on it look."""
