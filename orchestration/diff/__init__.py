"""What changed between two published versions of a dataset.

Not here: the tables that ``cpf diff`` prints (``cli``), the registry of persons.

- compute: the rows added, removed, revised, and the cells that changed
- common_schema: the columns and the key by which two versions compare
- summary: counts and totals
- outputs: the change log and the diff that a version holds
- command: ``cpf diff``
"""
