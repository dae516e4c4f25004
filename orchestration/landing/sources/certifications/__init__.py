"""The registers of France compétences, as CSV (both, a zip of ten files) or as XML (one of them).

- ``certifications``: the lander; which form a file has.
- ``register_csv``: the ten files of the zip.
- ``register_xml``: the flow v4.1, streamed.
- ``register_rows``: what a record of a table must be, in either form.
"""
