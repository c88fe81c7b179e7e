"""What a trader writes down in their own words."""
