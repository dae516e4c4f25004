"""What the hidden cells may become when every published figure stays: an exact, sparse null space.

Belongs here: its reduced form, and what publishing or hiding a cell changes in it. Does not: which
cells to publish (``recherche``), nor bounds (``intervalles``).
"""

from collections.abc import Iterable, Mapping

import numpy as np

from orchestration.secret.cas import Cas, Choix

# Arithmetic modulo a prime of 61 bits: a coefficient is wrongly 0 with probability about 1e-18.
MODULE = (1 << 61) - 1


class Tableau:
    """Each *dependent* cell moves as a combination of *free* cells.

    ``colonnes`` gives, for each free cell, the coefficients of the dependent cells; ``lignes``, for
    each dependent cell, its free cells. A free cell is either ``ouvertes`` (hidden) or published.
    ``degres`` counts the open cells of each line: 0 means that the dependent cell is determined.
    """

    def __init__(self, case: Cas, cells: Choix, besoins: set[int]) -> None:
        """Reduce the equations of ``case`` to the hidden ``cells``.

        ``besoins`` are never published: they had better be dependent, since a cell must be free
        to be published.
        """
        kept = np.flatnonzero(cells)
        self.colonnes: dict[int, dict[int, int]] = {cell: {} for cell in kept.tolist()}
        self.lignes: dict[int, set[int]] = {}
        self.degres: dict[int, int] = {}
        self.ouvertes = set(self.colonnes)
        self.besoins = besoins
        for equation in _equations(case, kept):
            reduced = self._reduite(equation)
            if reduced:
                self._entrer(self._meilleure(reduced), reduced)

    def cachees(self) -> set[int]:
        """Return the cells that are hidden and not determined."""
        free = {cell for cell in self.colonnes if cell in self.ouvertes}
        return free | {cell for cell, degree in self.degres.items() if degree}

    def bouge(self, cell: int) -> bool:
        """Say whether a cell is hidden and not determined."""
        return cell in self.ouvertes or bool(self.degres.get(cell))

    def liberer(self, cell: int) -> None:
        """Make free a cell that moves."""
        if cell in self.colonnes:
            return
        free = self.lignes.pop(cell)
        del self.degres[cell]
        entering = self._meilleure(self.ouvertes.intersection(free))
        equation = {k: self.colonnes[k].pop(cell) for k in free}
        self.colonnes[cell] = {}
        self.ouvertes.add(cell)
        equation[cell] = MODULE - 1
        self._entrer(entering, equation)

    def cacher(self, cell: int) -> None:
        """Open a published free cell."""
        self.ouvertes.add(cell)
        for dependent in self.colonnes[cell]:
            self.degres[dependent] += 1

    def publier(self, cell: int) -> None:
        """Close a hidden free cell."""
        self.ouvertes.discard(cell)
        for dependent in self.colonnes[cell]:
            self.degres[dependent] -= 1

    def liees(self, cell: int) -> dict[int, int]:
        """Return the other cells that publishing a hidden ``cell`` would determine, each with how
        it follows ``cell``.

        They are its multiples, as far as open cells go. No pivot is needed to see that.
        """
        if cell in self.colonnes:
            column = self.colonnes[cell]
            return {other: term for other, term in column.items() if self.degres[other] == 1}
        opened = self.ouvertes.intersection(self.lignes[cell])
        witness = min(opened, key=lambda k: (len(self.colonnes[k]), k))
        inverse = pow(self.colonnes[witness][cell], -1, MODULE)
        found = {witness: inverse} if len(opened) == 1 else {}
        for other, term in self.colonnes[witness].items():
            if self.degres[other] == len(opened) and other != cell:
                factor = term * inverse % MODULE
                if all(self._reste(other, cell, factor, k) == 0 for k in opened):
                    found[other] = factor
        return found

    def reveils(self, cell: int, liees: Mapping[int, int]) -> dict[int, set[int]]:
        """Return, for published free cells, which ``liees`` of ``cell`` each would move alone."""
        found: dict[int, set[int]] = {}
        own = self.lignes.get(cell, set())
        for other, factor in liees.items():
            for k in own | self.lignes.get(other, set()):
                if k not in self.ouvertes and self._reste(other, cell, factor, k):
                    found.setdefault(k, set()).add(other)
        return found

    def _reste(self, other: int, cell: int, factor: int, k: int) -> int:
        """Coefficient of the free cell ``k`` in ``other`` less ``factor`` times ``cell``."""
        column = self.colonnes[k]
        return (column.get(other, 0) - factor * column.get(cell, 0)) % MODULE

    def _meilleure(self, cells: Iterable[int]) -> int:
        """Choose the free cell to make dependent; a short column fills less."""
        return min(cells, key=lambda k: (k not in self.besoins, len(self.colonnes[k]), k))

    def _reduite(self, equation: Mapping[int, int]) -> dict[int, int]:
        """Write an equation with free cells only."""
        found: dict[int, int] = {}
        for cell, term in equation.items():
            if cell in self.lignes:
                for k in self.lignes[cell]:
                    found[k] = (found.get(k, 0) + term * self.colonnes[k][cell]) % MODULE
            else:
                found[cell] = (found.get(cell, 0) + term) % MODULE
        return {k: term for k, term in found.items() if term}

    def _entrer(self, cell: int, equation: dict[int, int]) -> None:
        """Make the free ``cell`` dependent, by an equation of free cells."""
        inverse = pow(equation.pop(cell), -1, MODULE)
        column = self.colonnes.pop(cell)
        opened = cell in self.ouvertes
        self.ouvertes.discard(cell)
        for dependent in column:
            self.lignes[dependent].discard(cell)
            self.degres[dependent] -= opened
        self.lignes[cell] = set(equation)
        self.degres[cell] = len(self.ouvertes.intersection(equation))
        for k, term in equation.items():
            factor = -term * inverse % MODULE
            self._ajouter(k, factor, column)
            self.colonnes[k][cell] = factor

    def _ajouter(self, k: int, factor: int, column: Mapping[int, int]) -> None:
        """Add ``factor`` times a column to the column of the free cell ``k``."""
        target, opened = self.colonnes[k], k in self.ouvertes
        for dependent, term in column.items():
            before = target.get(dependent)
            if before is None:
                target[dependent] = factor * term % MODULE
                self.lignes[dependent].add(k)
                self.degres[dependent] += opened
                continue
            after = (before + factor * term) % MODULE
            if after:
                target[dependent] = after
            else:
                del target[dependent]
                self.lignes[dependent].discard(k)
                self.degres[dependent] -= opened


def _equations(case: Cas, kept: np.ndarray) -> list[dict[int, int]]:
    """Return the equations between the kept cells, the shortest first."""
    rows = case.equations[:, kept].tocsr()
    names = kept.tolist()
    found = []
    for start, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        terms = zip(rows.indices[start:end].tolist(), rows.data[start:end].tolist(), strict=True)
        if end > start:
            found.append({names[column]: int(term) % MODULE for column, term in terms})
    return sorted(found, key=len)
