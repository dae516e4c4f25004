"""Running statements on the one DuckDB instance of a process; no SQL is written here.

cache: the short answers given last. stream: a statement read no faster than its reader goes.
engine: quick and slow lanes. execution: one statement in a thread, stopped when late.
slots: who waits for whom, and what statements cost before. instance: opening DuckDB, locked.
"""
