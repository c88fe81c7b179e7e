"""What a ledger holds beside trades, as it is stored, and what a balance is by all of it."""
