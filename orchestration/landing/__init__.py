"""The landing: delivered files, checked, become immutable deposits that the vault shows.

Holds all that happens to a file between its delivery and dbt's staging: refused whole, or landed
record by record with its rejects kept and counted. Holds no business rule and no join (dbt's).
Imports run from the first line to the last.

- ``assets``: one Dagster asset for each source.
- ``land``: which function lands which source; one report for each file.
- ``consultation``: which deposits there are, what each rejected; setting one aside.
- ``raw_files``: delivered files closed to others, kept or erased once they have landed.
- ``sources``: one lander for each source: its columns, its rules.
- ``intake``: what landers share: reading files, checking records, writing deposits.
"""
