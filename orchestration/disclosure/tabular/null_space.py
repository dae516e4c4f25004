"""What the hidden cells may become while published figures stay: an exact, sparse null space."""

from collections.abc import Iterable, Mapping

import numpy as np

from orchestration.disclosure.tabular.table import BoolArray, Case

# Arithmetic modulo a prime of 61 bits: a coefficient is wrongly 0 with probability about 1e-18.
MODULUS = (1 << 61) - 1


class NullSpace:
    """Each *dependent* cell moves as a combination of *free* cells.

    ``columns`` gives, for each free cell, the coefficients of the dependent cells; ``lignes``, for
    each dependent cell, its free cells. A free cell is either ``ouvertes`` (hidden) or published.
    ``degres`` counts the open cells of each line: 0 means that the dependent cell is determined.
    """

    def __init__(self, case: Case, cells: BoolArray, sensitive: set[int]) -> None:
        """Reduce the equations of ``case`` to the hidden ``cells``.

        ``needed`` are never published: they had better be dependent, since a cell must be free
        to be published.
        """
        kept = np.flatnonzero(cells)
        self.columns: dict[int, dict[int, int]] = {cell: {} for cell in kept.tolist()}
        self.rows: dict[int, set[int]] = {}
        self.degrees: dict[int, int] = {}
        self.open_cells = set(self.columns)
        self.sensitive = sensitive
        for equation in _equations(case, kept):
            reduced = self._reduce(equation)
            if reduced:
                self._make_dependent(self._choose_pivot(reduced), reduced)

    def hidden_cells(self) -> set[int]:
        """Return the cells that are hidden and not determined."""
        free = {cell for cell in self.columns if cell in self.open_cells}
        return free | {cell for cell, degree in self.degrees.items() if degree}

    def moves(self, cell: int) -> bool:
        """Say whether a cell is hidden and not determined."""
        return cell in self.open_cells or bool(self.degrees.get(cell))

    def make_free(self, cell: int) -> None:
        """Make free a cell that moves."""
        if cell in self.columns:
            return
        free = self.rows.pop(cell)
        del self.degrees[cell]
        entering = self._choose_pivot(self.open_cells.intersection(free))
        equation = {k: self.columns[k].pop(cell) for k in free}
        self.columns[cell] = {}
        self.open_cells.add(cell)
        equation[cell] = MODULUS - 1
        self._make_dependent(entering, equation)

    def hide(self, cell: int) -> None:
        """Open a published free cell."""
        self.open_cells.add(cell)
        for dependent in self.columns[cell]:
            self.degrees[dependent] += 1

    def publish(self, cell: int) -> None:
        """Close a hidden free cell."""
        self.open_cells.discard(cell)
        for dependent in self.columns[cell]:
            self.degrees[dependent] -= 1

    def tied(self, cell: int) -> dict[int, int]:
        """Return the other cells that publishing a hidden ``cell`` would determine, each with how
        it follows ``cell``.

        They are its multiples, as far as open cells go. No pivot is needed to see that.
        """
        if cell in self.columns:
            column = self.columns[cell]
            return {other: term for other, term in column.items() if self.degrees[other] == 1}
        opened = self.open_cells.intersection(self.rows[cell])
        witness = min(opened, key=lambda k: (len(self.columns[k]), k))
        inverse = pow(self.columns[witness][cell], -1, MODULUS)
        result = {witness: inverse} if len(opened) == 1 else {}
        for other, term in self.columns[witness].items():
            if self.degrees[other] == len(opened) and other != cell:
                factor = term * inverse % MODULUS
                if all(self._residual(other, cell, factor, k) == 0 for k in opened):
                    result[other] = factor
        return result

    def movers(self, cell: int, tied: Mapping[int, int]) -> dict[int, set[int]]:
        """Return, for published free cells, which ``liees`` of ``cell`` each would move alone."""
        result: dict[int, set[int]] = {}
        own = self.rows.get(cell, set())
        for other, factor in tied.items():
            for k in own | self.rows.get(other, set()):
                if k not in self.open_cells and self._residual(other, cell, factor, k):
                    result.setdefault(k, set()).add(other)
        return result

    def _residual(self, other: int, cell: int, factor: int, k: int) -> int:
        """Coefficient of the free cell ``k`` in ``other`` less ``factor`` times ``cell``."""
        column = self.columns[k]
        return (column.get(other, 0) - factor * column.get(cell, 0)) % MODULUS

    def _choose_pivot(self, cells: Iterable[int]) -> int:
        """Choose the free cell to make dependent; a short column fills less."""
        return min(cells, key=lambda k: (k not in self.sensitive, len(self.columns[k]), k))

    def _reduce(self, equation: Mapping[int, int]) -> dict[int, int]:
        """Write an equation with free cells only."""
        result: dict[int, int] = {}
        for cell, term in equation.items():
            if cell in self.rows:
                for k in self.rows[cell]:
                    result[k] = (result.get(k, 0) + term * self.columns[k][cell]) % MODULUS
            else:
                result[cell] = (result.get(cell, 0) + term) % MODULUS
        return {k: term for k, term in result.items() if term}

    def _make_dependent(self, cell: int, equation: dict[int, int]) -> None:
        """Make the free ``cell`` dependent, by an equation of free cells."""
        inverse = pow(equation.pop(cell), -1, MODULUS)
        column = self.columns.pop(cell)
        opened = cell in self.open_cells
        self.open_cells.discard(cell)
        for dependent in column:
            self.rows[dependent].discard(cell)
            self.degrees[dependent] -= opened
        self.rows[cell] = set(equation)
        self.degrees[cell] = len(self.open_cells.intersection(equation))
        for k, term in equation.items():
            factor = -term * inverse % MODULUS
            self._add_to_column(k, factor, column)
            self.columns[k][cell] = factor

    def _add_to_column(self, k: int, factor: int, column: Mapping[int, int]) -> None:
        """Add ``factor`` times a column to the column of the free cell ``k``."""
        target, opened = self.columns[k], k in self.open_cells
        for dependent, term in column.items():
            before = target.get(dependent)
            if before is None:
                target[dependent] = factor * term % MODULUS
                self.rows[dependent].add(k)
                self.degrees[dependent] += opened
                continue
            after = (before + factor * term) % MODULUS
            if after:
                target[dependent] = after
            else:
                del target[dependent]
                self.rows[dependent].discard(k)
                self.degrees[dependent] -= opened


def _equations(case: Case, kept: np.ndarray) -> list[dict[int, int]]:
    """Return the equations between the kept cells, the shortest first."""
    rows = case.equations[:, kept].tocsr()
    names = kept.tolist()
    result = []
    for start, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        terms = zip(rows.indices[start:end].tolist(), rows.data[start:end].tolist(), strict=True)
        if end > start:
            result.append({names[column]: int(term) % MODULUS for column, term in terms})
    return sorted(result, key=len)
