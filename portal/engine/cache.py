"""The short answers given last: totals, facets and first pages are asked for often.

Versions never change, hence answers neither.
"""

from collections import OrderedDict

from portal.engine.engine import Sql, Table

# In bytes, about: of one answer, and of all.
_MAX_ANSWER_BYTES, _MAX_CACHE_BYTES = 65_536, 33_554_432


class AnswerCache:
    """The short answers given last, by statement: a statement names the version that it reads."""

    def __init__(self) -> None:
        self._tables: OrderedDict[Sql, tuple[Table, int]] = OrderedDict()
        self._size = 0

    def read(self, query: Sql) -> Table | None:
        """Return the answer of a statement, if it is kept."""
        table = self._tables.get(query)
        if table is None:
            return None
        self._tables.move_to_end(query)
        return table[0]

    def store(self, query: Sql, table: Table) -> None:
        """Keep a short answer; those used least recently leave."""
        size = _size(query, table)
        if size > _MAX_ANSWER_BYTES or query in self._tables:
            return
        self._tables[query] = (table, size)
        self._size += size
        while self._size > _MAX_CACHE_BYTES:
            _, (_, evicted_size) = self._tables.popitem(last=False)
            self._size -= evicted_size


def _size(query: Sql, table: Table) -> int:
    """Return about how many bytes an answer takes: Python's own are 50 by value."""
    values = [value for row in table.lignes for value in row]
    texts = sum(len(value) for value in values if isinstance(value, str))
    return 50 * (len(values) + 20) + texts + len(query.text)
