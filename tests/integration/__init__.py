"""Whole runs, as a person at the terminal starts them, and what holds of all parts together.

conftest: the world that is published once; canaries, crowd: the persons invented in its extracts
test_end_to_end, test_nothing_personal, test_cookbook, test_dbt_unit: what is true of that world
test_recount, raw_extracts: its rows counted again from the raw extracts, in plain Python
test_killed_runs: a run killed anywhere; test_bad_input: spoiled files of every source
test_revisions, replay, unions: thirteen versions of each dataset of persons, and an attack on them
test_real_samples: real files, where they are; test_conformity: the Explore API on a live server
"""
