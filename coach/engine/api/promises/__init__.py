"""What a face may ask of promises: rules, plans, labels, calibration, experiments, checks."""
