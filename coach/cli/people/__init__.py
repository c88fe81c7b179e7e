"""Commands about people: who they are, and what their programs may ask."""
