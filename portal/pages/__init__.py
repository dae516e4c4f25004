"""What people and an operator's machines open beside the API: pages, files, signs of life.

home: the front page, with key figures. console: a page to write a query. health: alive, ready,
metrics. published_files: versions and site, at their addresses.
"""
