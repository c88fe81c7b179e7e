"""What a ledger holds beside trades: kinds of entries."""
