"""How the panel asks the engine: in threads, over sessions of their own."""
