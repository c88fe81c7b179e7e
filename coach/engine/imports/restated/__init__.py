"""Books that splits and new names of coins concern."""
