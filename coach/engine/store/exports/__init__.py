"""What an export asks of the tables: fills as they stand, and the rows of one user."""
