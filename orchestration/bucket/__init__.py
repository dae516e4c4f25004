"""The publications in a bucket that speaks S3, sent and fetched without a wrong moment.

Not here: what is public (``release``), what is right (``store``).

- assets: the copy of a publication as a Dagster asset
- push: ``cpf push``, the order of writes in the bucket
- mirror: a folder that follows a bucket, for ``cpf serve``
- pull: ``cpf pull``, the order of writes in a folder
- received: one version in that folder, withdrawn or not
- plan: what is missing, what may be replaced
- bucket: requests, headers and errors
"""
