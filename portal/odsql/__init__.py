"""ODSQL, the query language of the Explore API: from the clauses of a request to SQL of DuckDB.

Holds the language: reading clauses, checking names and types, writing SQL whose every value is a
parameter. Does not hold what HTTP says of a query, pages, nor running anything (``portal.api``).

From the request down, each compiling with what comes after it:

- query: a whole query, as a plan; groups: a query with ``group_by``; group_keys: what it groups by
- refinements: the values that a person ticks (``refine``, ``exclude``, ``facet``)
- conditions: the logic of ``where``; predicates: its functions; comparisons: ``=``, ``<``, ranges
- expressions: values; functions: of one row; aggregates: of several
- text_search: words in texts; geometry: places; date_format, dates: days and moments
- rendering: how a value leaves, in JSON or in a cell
- plan: what is asked for and what it compiles to, shared with ``portal.api``
- parser (grammar.lark), transformer, tree: from text to a typed tree
- v1_query (v1_query.lark): the older language ``q``, read into the same tree
- scope: names, and the compiler that functions call their arguments with
- fragment: SQL with its parameters; vocabulary: the words; query_errors: the refusals
"""
