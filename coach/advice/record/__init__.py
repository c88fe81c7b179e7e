"""How whole the record is, and how to complete it, as a person reads it."""
