"""What runs as one piece of work, with an id, counts and events."""
