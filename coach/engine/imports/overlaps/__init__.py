"""Files of one broker that tell the same trades in different rows."""
