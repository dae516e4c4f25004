"""The EDOF catalogue: LHEO XML of a gigabyte, landed without any of its contact persons.

- ``edof_catalogue``: the lander; batches, rejects, duplicates.
- ``formation``: one formation as rows.
- ``validity``: the XSD, and the reasons that it gives to reject a formation.
- ``stream``: bytes to formations, one at a time.
"""
