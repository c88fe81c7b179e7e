"""Made-up markets and traders whose habits are known, because they were planted.

It shares no code and no constant with the detectors: what they find here, they found by
themselves.
"""
