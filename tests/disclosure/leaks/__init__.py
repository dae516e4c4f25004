"""Leaks planted on purpose in sound publications: what the gate must catch.

planting: a leak, and planting kinds of them everywhere in a population.
persons, amounts: those that one version shows by itself.
between_versions: those that only two successive versions show.
between_datasets: those that the totals of two datasets show.
dbt_tests: the dbt tests that block between versions, as production runs them.
"""
