"""Habits by what is known of them."""
