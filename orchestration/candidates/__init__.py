"""The candidate of a dataset: the very files that will be published if the gates open.

Not here: judging them (``quality``, ``disclosure``), publishing them (``release``).

- candidate: exporting a mart, reading the candidate again
- formats: Parquet, CSV, JSON lines, XLSX
- origin: whether rows are ours or the publisher's own
- deliveries: which deliveries the rows were made from
"""
