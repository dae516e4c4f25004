"""The rows of each served version in a DuckDB file of its own, made once by a process apart.

watch: which versions are served, followed as they change. leases: who holds attached images.
build: names, processes, locks of images. image: what an image holds. read: files as SQL rows.
rewrite: files that DuckDB cannot read as they are. casts: from cells to the types of the portal.
record_id: ids of rows. words: how texts are cut, in SQL and in Python.
"""
