"""Values of what is concluded from trades, and of what the trader says of it."""
