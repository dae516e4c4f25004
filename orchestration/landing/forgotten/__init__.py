"""The persons to forget: what says that a line or a row is theirs, and taking it out.

Nothing here holds an identifier after the call that was given it: what is kept is keyed digests.

- ``delivered_files``: delivered files cleaned, before they land or afterwards.
- ``landed_rows``: rows of landed tables, of their rejects and of the registry.
- ``raw_lines``: lines of delivered files and of rejects.
- ``digests``: the list of who is forgotten, and the SQL that recognises them.
"""
