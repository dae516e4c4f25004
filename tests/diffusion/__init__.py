"""The steps of ``macros/diffusion``, as dbt writes them for a dataset, on tables made by hand.

steps: compiles them and runs one; conftest: compiles once, for a first version and for a next one
test_compiled_levels: each level says its own number
test_editions, test_partition, test_suites, test_detail, test_lignes: known answers of each step
"""
