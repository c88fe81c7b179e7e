"""Commands about what an account's ledger holds beside trades."""
