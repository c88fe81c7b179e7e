"""What several imports tell, trades or entries, in different rows: each counts once."""
