"""Migrations, run by Alembic from inside the package."""
