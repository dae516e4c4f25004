"""Scenarios: what needs several requests (reference §14)."""

SCENARIOS = ()
