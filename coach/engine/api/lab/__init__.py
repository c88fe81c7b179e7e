"""What a face may ask of the lab: made-up traders, error rates, the disposition effect."""
