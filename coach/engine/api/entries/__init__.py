"""What a ledger holds beside trades, and whether everything adds up to what the broker says."""
