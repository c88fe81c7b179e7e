"""Connected brokers: reading them, and leaving them."""
