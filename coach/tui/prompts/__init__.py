"""What opens over a screen: a line to type, a choice, help, the palette."""
