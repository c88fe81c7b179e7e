"""How an answer is shown: tables, lines, JSON, and what is said beside them."""
