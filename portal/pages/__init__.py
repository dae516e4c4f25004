"""What people and an operator's machines open beside the API: pages, files, signs of life.

console: a page to write a query. published_files: versions and site, at their addresses.
health: alive, ready, metrics.
"""
