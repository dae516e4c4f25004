"""The publications on the disk: what is public, and whether it is still what was published.

Not here: making or withdrawing a version (``release``).

- versions: names of versions, manifests, tombstones, the pointer
- integrity: what is wrong in the folder of one version
- verify: ``cpf verify``, the chain of versions
"""
