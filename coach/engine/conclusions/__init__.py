"""What a history says of the trader: findings, traits, breaches, and the events of them."""
