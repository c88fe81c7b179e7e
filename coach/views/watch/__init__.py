"""How what is told while watching looks."""
