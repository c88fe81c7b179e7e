"""What a doctor looks at beside the tables: who works, the clocks, and what the market lacks."""
