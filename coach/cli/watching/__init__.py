"""The live guard at a terminal: what is told, and who else is told."""
