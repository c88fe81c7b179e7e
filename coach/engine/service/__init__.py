"""The heavy work of the engine, done here or by a service of its own: one contract, same bytes."""
