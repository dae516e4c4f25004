"""The catalogue of the Explore API v2.1, and the routes of all of it, which are under ``/catalog``.

Holds what is said of datasets, not of their rows (``portal.api``), nor what the site publishes of
them (``orchestration.site``).

- routes: which answer is at which path
- datasets: the list, one dataset, facets, attachments; catalog_exports: the formats of the list
- dcat: datasets in the words of harvesters; description: in those of the API
- index: the catalogue as a dataset that ODSQL can be asked about
"""
