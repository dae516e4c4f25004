"""``/api/sql``: any ``select`` over the published images, each in a process that ends with it.

endpoint: reading the request. pool: the processes, one ready ahead, killed when late.
worker: what such a process does. answer_formats: from rows to bytes.
"""
