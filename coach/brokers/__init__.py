"""What a broker or a statement says, in our words."""
