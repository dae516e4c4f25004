"""The tests mirror the product: what tries ``orchestration/landing`` is in ``tests/landing``.

Beside the mirrors:

conformity: cases of the Explore API with their answers; ``integration/test_conformity`` asks them
data: dbt's own tests of the tables, that each run makes
factories: small states, files, doubles and servers that several folders use
integration: whole runs, and what is true only of all parts together
bench, clients, fuzz, validation: programs of ``make``, of which pytest runs a small part or nothing

``make check`` runs all but what is marked ``slow``: kills, loads, a bucket, replays, servers in
processes of their own, whole runs. A module says it by ``pytestmark``, a test by its decorator,
what is slow as a whole is named in ``conftest.py``. ``make test`` runs everything.

What several modules only read is made once for all workers (``factories/once``); tests that share
what a module made stay on one worker (``xdist_group``, set by ``conftest.py``).
"""
