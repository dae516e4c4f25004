"""The Explore API v2.1 of a dataset: records, facets, exports, and the document that tells them.

Holds what HTTP says of queries. Does not hold the language (``portal.odsql``), running statements
(``portal.engine``), nor the routes, which ``catalog`` puts together: it and ``legacy`` stand above.

- records: pages, groups, one record; facets, facet_counts: values and how many rows hold each
- exports: all rows; export_formats: CSV to Parquet; export_rows: a row as one text
- openapi: the document of the API
- paging: statements of pages and cursors; ask: running one for who asked
- parameters: what a request says; responses: what every answer says
"""
