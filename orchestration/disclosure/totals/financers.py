"""Amounts by financer that told totals do not say."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from orchestration.disclosure.tabular.line_mask import LineMask
from orchestration.disclosure.tabular.table import BoolArray, Case, FloatArray
from orchestration.disclosure.totals.cells import Rules, equalities, equations_of, same_cells

# What a person pays, as one amount and told in two; what is left to pay, of which a part is flat.
PERSON, PARTS, REMAINDER = "montant_personne", "parts", "montant_non_ventile"
LEFT, FLAT, MORE = "montant_reste_a_charge", "participation", "supplement"
_APART = ("montant_titulaire", LEFT, FLAT, MORE)


def muted_amounts(cells: pd.DataFrame, financed: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Hide amounts by financer: they add up to what a cell engages, and from table to table."""
    figures = financed.pivot(index="num_cellule", columns="chiffre")
    persons, few, at_most, sums = (
        pd.DataFrame(figures[name])
        for name in ("personnes", "est_trop_peu", "personnes_au_plus", "somme")
    )
    # Cells may be the same one by way of a table that tells no financer.
    labels = pd.Series(same_cells(cells, rules.tables), index=cells["num_cellule"])
    cells = cells.set_index("num_cellule").loc[persons.index].reset_index()
    lines = sparse.vstack(
        [equations_of(cells, rules.tables), equalities(labels.loc[persons.index].to_numpy())],
        format="csr",
    )
    names = map(str, persons.columns)
    financers = [name for name in names if name.startswith("montant_") and name not in _APART]
    columns = [*financers, PARTS]
    values, primary = persons[financers].copy(), few[financers].copy()
    for name in rules.sensitive:
        others = persons["dossiers"] - at_most[name]
        primary[name] |= (persons[name] > 0) & (others < rules.seuil)
    is_detailed = ~cells["tableau"].isin([t.nom for t in rules.tables if not t.dimensions])
    for name in rules.national:
        primary[name] |= (persons[name] > 0) & is_detailed.to_numpy()
    # What a person pays, told in two; nor does the flat participation that everybody knows say who
    # pays it, does not, or adds to it.
    values[PARTS] = persons[["montant_titulaire", LEFT]].max(axis=1)
    others = persons["dossiers_apart"] - at_most[FLAT]
    primary[PARTS] = few[list(_APART)].any(axis=1) | ((persons[FLAT] > 0) & (others < rules.seuil))
    is_secret = cells["est_secrete"].to_numpy(dtype=bool)[:, None]
    worth = values[columns].to_numpy(dtype=float)
    hidden = primary[columns].to_numpy(dtype=bool)
    weights = sums[[*financers, PERSON]].to_numpy(dtype=float)
    ranks = columns.index(PERSON), columns.index(REMAINDER)
    hidden = _mask_amounts(cells, lines, worth, hidden, weights, ranks, rules)
    rows, figures_hidden = np.nonzero(hidden & ~is_secret)
    return pd.DataFrame(
        {
            "num_cellule": cells["num_cellule"].to_numpy()[rows],
            "chiffre": np.array(columns, dtype=object)[figures_hidden],
        }
    )


def _mask_amounts(
    cells: pd.DataFrame,
    lines: sparse.csr_matrix,
    values: FloatArray,
    primary: BoolArray,
    weights: FloatArray,
    ranks: tuple[int, int],
    rules: Rules,
) -> BoolArray:
    """Say which amounts stay secret, of n cells × m figures: the financers, then the parts of what
    persons pay. ``ranks``: of what persons pay, and of what is told of no financer, which holds,
    with its own, all that a cell does not tell.
    """
    n, m = values.shape
    person, remainder = ranks
    lines = lines[np.diff(lines.indptr) > 0]
    is_financer = np.arange(m) < m - 1
    # By figure from table to table, then within each cell; last, what each cell engages.
    equations = sparse.vstack(
        [
            sparse.hstack(
                [
                    sparse.kron(lines, sparse.identity(m)),
                    sparse.csr_matrix((lines.shape[0] * m, n)),
                ]
            ),
            sparse.hstack(
                [
                    -sparse.kron(sparse.identity(n), is_financer.astype(float)[None, :]),
                    sparse.identity(n),
                ]
            ),
        ],
        format="csr",
    )
    equations.eliminate_zeros()
    secret = cells["est_secrete"].to_numpy(dtype=bool)
    engaged = np.where(secret, values[:, is_financer].sum(axis=1), 0)
    # What a total that is told engages is known.
    moving = np.flatnonzero(np.concatenate([np.ones(n * m, dtype=bool), secret]))
    kept = equations[:, moving]
    kept = kept[np.diff(kept.indptr) > 0]
    case = Case(
        ids=tuple(map(str, moving)),
        values=np.concatenate([values.ravel(), engaged])[moving],
        published=np.ones(len(moving), dtype=bool),
        lower=np.zeros(len(moving)),
        upper=np.full(len(moving), np.inf),
        equations=kept,
        weights=np.concatenate([weights.ravel(), engaged])[moving],
        primary=np.zeros(len(moving), dtype=bool),
        min_width=rules.width,
    )
    hidden = primary | secret[:, None]
    while True:
        # Where something is hidden, nothing tells what nobody has, nor what is of no financer.
        hides = hidden[:, is_financer].any(axis=1)
        unsaid = (values == 0) & is_financer
        unsaid[:, remainder] = True
        # Nor are the parts of a sum that is not told.
        started = hidden | (hides[:, None] & unsaid)
        started[:, -1] |= started[:, person]
        first = np.concatenate([started.ravel(), secret])[moving]
        found = np.zeros(n * m + n, dtype=bool)
        found[moving] = LineMask(replace(case, primary=first), rules.seuil).find()
        hidden = found[: n * m].reshape(n, m)
        if (hidden == started).all():
            return hidden & (values > 0)
