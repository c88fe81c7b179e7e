"""A private authority and the certificates by which coach's services know each other."""
