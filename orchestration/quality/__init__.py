"""Quality: what every candidate must satisfy before it is published, judged by Great Expectations.

A suite of expectations goes with each dataset: those of ``suites/<jeu>.yml`` and those derived from
its declaration. Disclosure control is another room (``disclosure``), publishing too (``release``).

- gate: a candidate goes in, a report comes out.
- suite: expectations as data, read from ``suites/``.
- derived: the expectations that every dataset has; drift: those of them that compare.
- measures: the figures of a candidate.
- reader: what is looked at, read by DuckDB from the candidate's own files.
- expectations: Great Expectations, and only there.
- results: its verdicts in French; report: what a report holds, its two files.
- periods: the periods that the datasets write, as dates.
"""
