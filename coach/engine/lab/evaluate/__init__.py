"""What the detectors say, held against the truth: tables, each with its exact interval."""
