"""The cookbook against the truth: each figure of each recipe, counted again from what landed.

- conftest: a part of the country, its marts as the warehouse, the truth beside them
- truth: what landed, as tables that share no SQL with the models
- answers: for each recipe, the query that counts again
- comparison: where a recipe and its truth differ
"""
