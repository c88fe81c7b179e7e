"""Reading trades a window at a time, and days as a calendar, for who leafs through them."""
