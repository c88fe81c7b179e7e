"""What the faces at a terminal say alike: what to do about an error or a gap, lines and cells."""
