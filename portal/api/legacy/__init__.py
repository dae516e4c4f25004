"""The older APIs that programs still call: other shapes and parameters, the same queries.

Holds shapes only: each answer is asked of ``portal.api`` and ``portal.api.catalog``.

- v20: the Explore API v2.0, also ``/api/v2``
- v1: records, datasets, downloads of the API v1; v1_analyze: its series; v1_parameters: its queries
"""
