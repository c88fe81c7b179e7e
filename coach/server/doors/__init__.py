"""Who comes in: signing in and out, and what whoever did may ask."""
