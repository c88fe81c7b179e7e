"""A broker to develop and demo against: real HTTP, Coinbase's protocol, made-up money.

It shares no code with the adapters that read it, so that the two can check each other.
"""
