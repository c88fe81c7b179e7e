"""What is due by the clock: for whom, and as which run."""
