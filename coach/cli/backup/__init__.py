"""`coach backup`: everything in one sealed file, and back."""
