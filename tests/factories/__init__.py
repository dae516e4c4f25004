"""What tests are made from, when several folders need it: no test, and nothing is judged here.

small_*: states of a few rows (datasets, marts, vaults, publications, packages, sites, buckets)
*_catalogue, *_export, csv_files, defects and what is not named below: inputs, sound or spoiled
reports: verdicts of gates, made by hand; once: what is made once for all workers
portal_double, static_server, s3_server, s3_relay, endless_publisher: processes
"""
