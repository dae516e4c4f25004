"""What published folders say, read and checked before any row is; no rows here.

folder: which datasets and versions are public. package: Data Packages. table_schema: their fields.
metas: their metadata, under the names of the Explore API. resource: what an image is built from.
dataset: a version as every interface knows it. field: its fields and their types.
"""
