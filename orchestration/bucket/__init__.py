"""The publications in a bucket that speaks S3, sent and fetched without a wrong moment.

Not here: what is public (``release``), what is right (``store``).

- assets: the copy of a publication as a Dagster asset
- push: ``cpf push``, the order of writes in the bucket
- pull: ``cpf pull``, the order of writes in a folder
- plan: what is missing, what may be replaced
- bucket: requests, headers and errors
"""
