"""Publishing: a controlled candidate becomes an immutable version; a version is withdrawn.

Not here: judging (``quality``, ``disclosure``), reading what is published (``store``).

- assets: the candidate and the publication as Dagster assets
- publish: the order of writes, and cleaning after a killed run
- edition: what the folder of a version holds
- signing: the signed head of each dataset, and what it refuses to go on from
- published_tables: the warehouse, made from what is current
- withdraw: taking the files of a version back, and finishing what a kill left
- status: where each dataset stands, for ``cpf status``
"""
