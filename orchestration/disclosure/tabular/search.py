"""Search of a cheap mask: masks that no line betrays, their union, then pruning and exchanges."""

from collections.abc import Iterable

import numpy as np

from orchestration.disclosure.tabular.null_space import NullSpace
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray

# Measured on cubes of 1,900 to 15,000 cells (2026-11): one new mask per round, prices multiplied
# by exp(0.5 g) in the masks and exp(0.2 g) in the pruning order, beat more masks, other noises and
# populations in the same time. Gains fade after some ten rounds; small tables can afford to start
# afresh.
MIN_ROUNDS, MAX_ROUNDS, ROUNDS_BUDGET = 2, 15, 100_000
# From this size on, a round exchanges once: a second pass takes as long (3 s for 75,600 cells) and
# finds a tenth as much, a new round of 7 s nearly as much. Twelve hid 3 % fewer cells than two
# whole ones.
LARGE_TABLE, LARGE_TABLE_ROUNDS = 50_000, 12
MAX_STARTS, STARTS_BUDGET = 3, 6_000
# Each hidden cell is a hole in the table, whatever its value: a surcharge of this share of the
# median price hid 2 % fewer cells for the same value (1,890 and 4,410 cells, 8 runs in all).
SURCHARGE = 0.25
MASK_NOISE = 0.5
ORDER_NOISE = 0.2
# Hiding a cell of a line that hid nothing calls for one more there.
OPENED_LINE_PRICE = 0.5
EPSILON = 1e-9


class MaskSearch:
    """The search on one case: ``sensitive`` must stay unknown, ``allowed`` may be hidden too."""

    def __init__(self, case: Case, sensitive: BoolArray, allowed: BoolArray) -> None:
        """Index the lines of the table."""
        self.case, self.sensitive, self.allowed = case, sensitive, allowed
        self.fixed = set(np.flatnonzero(sensitive).tolist())
        usual = case.weights[sensitive | allowed]
        surcharge = SURCHARGE * float(np.median(usual)) if usual.size else 0.0
        self.prices: list[float] = (case.weights + surcharge).tolist()
        by_row, by_column = case.equations.tocsr(), case.equations.tocsc()
        self.rows = _row_lists(by_row.indptr, by_row.indices)
        self.rows_of = _row_lists(by_column.indptr, by_column.indices)
        self.rng = np.random.default_rng(0)

    def find_mask(self, start: BoolArray) -> BoolArray:
        """Return the best mask found, ``sensitive`` included, starting from a safe one."""
        starts = _clamp(1, STARTS_BUDGET // self.sensitive.size, MAX_STARTS)
        return min((self._descend(start) for _ in range(starts)), key=lambda descent: descent[1])[0]

    def _descend(self, start: BoolArray) -> tuple[BoolArray, float]:
        """Improve a mask by the cells of others; return it and its price."""
        best, cheapest = start, np.inf
        size = self.sensitive.size
        large = size >= LARGE_TABLE
        rounds = _clamp(MIN_ROUNDS, ROUNDS_BUDGET // size, MAX_ROUNDS)
        for _ in range(LARGE_TABLE_ROUNDS if large else rounds):
            mask = best | self.greedy(MASK_NOISE)
            table = NullSpace(self.case, mask, self.fixed)
            self._prune(table)
            while self._exchange_all(table) and not large:
                pass
            cost = sum(self.prices[cell] for cell in table.hidden_cells() - self.fixed)
            if cost <= cheapest:
                best, cheapest = self.sensitive.copy(), cost
                best[list(table.hidden_cells())] = True
        return best, cheapest

    def greedy(self, noise_scale: float) -> BoolArray:
        """Hide the cheapest cell of each line that hides only one, prices being perturbed."""
        noise = self.rng.standard_normal(self.sensitive.size)
        prices = np.array(self.prices) * np.exp(noise_scale * noise) + EPSILON
        mask = self.sensitive.copy()
        counts = [int(mask[line].sum()) for line in self.rows]
        todo = [line for line, count in enumerate(counts) if count == 1]
        self.rng.shuffle(todo)
        while todo:
            line = todo.pop()
            if counts[line] != 1:
                continue
            free = [cell for cell in self.rows[line] if self.allowed[cell] and not mask[cell]]
            if not free:
                continue
            chosen = min(free, key=lambda cell: self._price_per_line(prices, counts, cell))
            mask[chosen] = True
            for other in self.rows_of[chosen]:
                counts[other] += 1
                if counts[other] == 1:
                    todo.append(other)
        return mask

    def _price_per_line(self, prices: FloatArray, counts: list[int], cell: int) -> float:
        """Price of hiding a cell, per line that it completes."""
        hidden = [counts[line] for line in self.rows_of[cell]]
        return float(prices[cell]) * (1 + OPENED_LINE_PRICE * hidden.count(0)) / hidden.count(1)

    def _secondary_cells(self, table: NullSpace, noise_scale: float = 0.0) -> list[int]:
        """Return the hidden cells that need not be, the most expensive first."""
        factors = np.exp(noise_scale * self.rng.standard_normal(self.sensitive.size))
        return sorted(
            table.hidden_cells() - self.fixed,
            key=lambda cell: (-self.prices[cell] * factors[cell], cell),
        )

    def _prune(self, table: NullSpace) -> None:
        """Publish whatever may be, from the most expensive down."""
        for cell in self._secondary_cells(table, ORDER_NOISE):
            if table.moves(cell) and self.fixed.isdisjoint(table.tied(cell)):
                table.make_free(cell)
                table.publish(cell)

    def _exchange_all(self, table: NullSpace) -> int:
        """Try once to exchange each secondary cell; return how many were."""
        return sum(self._exchange(table, cell) for cell in self._secondary_cells(table))

    def _exchange(self, table: NullSpace, cell: int) -> bool:
        """Publish a secondary cell, hiding cheaper ones in its stead when that is needed."""
        if not table.moves(cell):
            return False
        hidden = self._replacements(table, cell)
        if hidden is None:
            return False
        table.make_free(cell)
        touched = [cell, *hidden]
        before = self._cost(table, touched)
        for other in hidden:
            table.hide(other)
        table.publish(cell)
        if self._cost(table, touched) < before - EPSILON or not hidden:
            return True
        table.hide(cell)
        for other in hidden:
            table.publish(other)
        return False

    def _replacements(self, table: NullSpace, cell: int) -> list[int] | None:
        """Return published cells that move what only ``cell`` does, cheaper together than it."""
        tied = table.tied(cell)
        blocked = self.fixed.intersection(tied)
        budget = self.prices[cell] + sum(
            self.prices[other] for other in tied if other not in blocked
        )
        moved = table.movers(cell, {other: tied[other] for other in blocked})
        # Most are too expensive before one asks what they would wake.
        price = {
            k: self.prices[k] + self._wake_cost(table, k) for k in moved if self.prices[k] < budget
        }
        moved = {k: moved[k] for k in price if price[k] < budget}
        chosen: list[int] = []
        while blocked:
            if not moved:
                return None
            best = min(moved, key=lambda k: (price[k] / len(moved[k]), k))
            budget -= price[best]
            if budget <= EPSILON:
                return None
            chosen.append(best)
            blocked = blocked - moved[best]
            moved = {k: lines & blocked for k, lines in moved.items() if lines & blocked}
        return chosen

    def _wake_cost(self, table: NullSpace, cell: int) -> float:
        """Sum the prices of the determined cells that hiding ``cell`` would move."""
        return sum(
            self.prices[line]
            for line in table.columns[cell]
            if table.degrees[line] == 0 and line not in self.fixed
        )

    def _cost(self, table: NullSpace, cells: Iterable[int]) -> float:
        """Price of the free ``cells`` that are hidden, and of what they move."""
        lines = {line for cell in cells for line in table.columns[cell] if table.degrees[line]}
        opened = lines.union(cell for cell in cells if cell in table.open_cells) - self.fixed
        return sum(self.prices[cell] for cell in opened)


def _clamp(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))


def _row_lists(starts: np.ndarray, items: np.ndarray) -> list[list[int]]:
    return [
        items[a:b].tolist() for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
