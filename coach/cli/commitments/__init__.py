"""`coach commit` and `coach confidence`: what you sign for a breach, and how sure you are."""
