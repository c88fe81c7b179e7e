"""How channels and what was sent by them look."""
