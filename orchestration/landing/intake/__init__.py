"""What landers share: from the bytes of a file to an immutable deposit.

Knows no source but by the columns of ``schemas``. A CSV passes through ``blocks``, ``header``,
``lines`` or ``records`` (the relation ``textes``), then ``check``; all write through ``deposit``.

- ``check``: raw texts to a landed table and its rejects, by rules.
- ``lines``, ``records``: a CSV of one record a line, in SQL; any other, in Python.
- ``block_source``, ``whole_blocks``: blocks of whole records, read at once where nothing is odd.
- ``typed_files``, ``typed_records``: lists that a portal exports as Parquet or JSON.
- ``header``: separator and columns of a CSV.
- ``names``: one spelling of every name of a column.
- ``column_rules``: kinds of columns and rules.
- ``codes``: codes mended where the right one is certain; code lists.
- ``identifiers``: every spelling of an identifier is one identifier.
- ``archive``: a zip, opened safely.
- ``kinds``: what a file is, told from its first bytes.
- ``xml_errors``: why an XML document cannot be read.
- ``blocks``: gzip, zip, bombs, binary files, encodings.
- ``deposit``: the folder of one landed file: written, reconciled, renamed at once.
- ``deposit_record``: what a deposit says of itself, compared with its files.
- ``history``: the deposits that exist; the views of the vault.
- ``rejects``: a file refused, a record rejected.
- ``schemas``: columns and types of every landed table.
"""
