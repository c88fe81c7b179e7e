"""What an export holds: the nouns of a session, as every face shows them."""
