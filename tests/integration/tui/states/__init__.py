"""States of the screens in every theme, kept as text: what stands in each cell, and its style."""
