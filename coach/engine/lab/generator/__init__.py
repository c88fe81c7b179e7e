"""Made-up markets and traders whose habits are known, because they were planted.

It shares no code with the detectors, and no number of a planted habit: what they find here, they
found by themselves.
"""
