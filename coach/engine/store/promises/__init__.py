"""What a trader promised and said: rules, revisions, proposals, labels, plans, experiments."""
