"""The steps of ``macros/diffusion``, as dbt writes them for a dataset, on tables made by hand.

conftest: compiles them once, for a first version and for one that follows
test_compiled_levels: each level says its own number
test_editions, test_partition, test_places, test_suites, test_detail, test_lignes: known answers
"""
