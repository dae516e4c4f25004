"""The publications on the disk: what is public, and whether it is still what was published.

Not here: making or withdrawing a version (``release``).

- signatures: a text that a key has signed, and who can check it
- heads: all versions and withdrawals of a dataset, counted and signed
- versions: names of versions, manifests, tombstones, the pointer
- integrity: what is wrong in the folder of one version
- verify: ``cpf verify``, the chain of versions
"""
