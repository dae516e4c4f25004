"""Statistical disclosure control: what blocks a publication that tells of too few persons.

assets: the blocking checks, as Dagster sees them.
totals: which exact totals stay secret.
gate: what is checked of a candidate, and the report of it.
tabular: attack and protection of any table with hidden cells.
"""
