"""All that a face may ask of the engine, one noun a file. Every call takes the session first."""
