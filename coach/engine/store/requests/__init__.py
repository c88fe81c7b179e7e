"""Requests that may come twice, and what was answered to them."""
