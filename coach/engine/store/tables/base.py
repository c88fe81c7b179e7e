"""What every table is made with."""

from sqlalchemy import Column, DateTime, MetaData, text

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
MOMENT = DateTime(timezone=True)
NOW = text("now()")
NONE_YET = text("''::bytea")


def required(name: str, kind: object, **more: object) -> Column[object]:
    """Return a NOT NULL column."""
    return Column(name, kind, nullable=False, **more)  # type: ignore[arg-type]
