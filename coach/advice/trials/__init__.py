"""How a what-if looks at a terminal: the fan of luck, and the sliders."""
