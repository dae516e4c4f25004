"""Dashboards: true, whole, escaped, embedded, under a strict policy."""
