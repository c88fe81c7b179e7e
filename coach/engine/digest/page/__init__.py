"""A digest as a page of its own: HTML, and its charts as SVG."""
