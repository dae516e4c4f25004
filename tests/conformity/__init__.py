"""The Explore API as its reference describes it: cases worked out by hand, for any server.

Holds what needs no code of the portal; the run is ``tests/integration/test_conformity.py``.

- cases_*: what one request must answer, by chapter of the reference; scenarios: several requests
- case: what a case may say; suite: all of them; test_cases: the suite itself is tried
- data, data_*: the packages that are asked; client: requests; compare: what differs
"""
