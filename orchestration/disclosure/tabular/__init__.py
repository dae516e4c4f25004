"""Tables with hidden cells, whatever they count: attacking and protecting them. Nothing of this
project is known here; ``cpf attack`` and ``cpf protect`` open it to anybody's tables.

table: a case as arrays, and whether its figures agree.
json_case: a case read from JSON, an attack and a mask printed.
audit: the intervals of all hidden cells; those without width.
bounds: what bounds alone say, exact on trees.
linear_programs: what they do not, where equations form cycles; the dialogue with HiGHS.
determined: the cells that equations alone give back; connected parts.
exact: elimination without rounding, which confirms them.
suppression: a mask that the attack does not break, step by step.
search: the heuristics of a cheap mask.
null_space: what hidden cells may become, updated cell by cell.
widths: which intervals of a mask are too narrow.
repair: which further cells widen them.
optimum: the cheapest mask, where a case is small.
line_mask: a mask of a large sparse table, line by line.
"""
