"""The gate of the secret: what a candidate says is recounted from dossiers, without the macros that
made its rows, then attacked.

checks: puts the checks together, on the vault and on the candidate's own files.
microdata: the dossiers behind rows, attached again.
row_rules: what is judged row by row, on the file, and between two editions.
linear_attack: what sums of rows give back.
interval_attack: what is left to whoever knows the rules too.
linked_tables: the totals of two datasets about the same persons, subtracted.
totals_attack: exact totals, recounted and attacked together with the rows.
utility: how much detail is left; judges nothing.
findings: the SQL files that find (``sql/``; linted as the models are).
outcomes: what was found, as numbers.
disclosure_report, disclosure_page, totals_report: what the control says, as data and as a page.
"""
