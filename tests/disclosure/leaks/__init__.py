"""Leaks planted on purpose in sound publications: what the gate must catch.

one_version: those that one version shows by itself.
between_versions: those that only two successive versions show.
dbt_tests: the dbt tests that block between versions, as production runs them.
"""
