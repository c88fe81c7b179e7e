"""Measures of what was sold, when, and what was bought back."""
