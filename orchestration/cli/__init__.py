"""The command line: arguments, messages, exit codes; each command calls one function of the house.

Exit codes: 0 done, 1 refused, blocked or failed, 2 misuse. No work is done here.

- start: where ``cpf`` begins; supervised: how what works for long ends.
- app: ``cpf`` and the commands that make the warehouse.
- extracts: landing files, taking one back, reading what was rejected.
- persons: erasing some.
- publications: the commands on what is published.
- french: what the library says around them.
- tables, landing_tables: what they print.
"""
