"""What the trader says of single fills, and how whole the record of an account is."""
