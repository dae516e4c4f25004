"""Which hidden cells do the published equations give back exactly? Bounds do not matter here."""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import lsmr

from orchestration.disclosure.tabular.exact import kernel_vectors
from orchestration.disclosure.tabular.table import BoolArray, FloatArray

# Any cell that moves less is confirmed exactly: generous, since a wrong suspicion costs only time.
SUSPICION = 1e-4
# The witness must solve the equations this well, or all cells of the equation are suspects.
RESIDUAL = 1e-7
# Up to so many equations, exact elimination of everything is as fast as the witness (15,000 cells
# of a cube, 5,800 equations: 0.2 s) and leaves nothing to chance.
DIRECT = 20_000
SEED = 20240711


def determined_cells(equations: sparse.csr_matrix) -> BoolArray:
    """Say of each unknown (n) whether ``equations`` (m × n) determine it, bounds apart.

    The unknowns are the hidden cells: give the columns of published ones to the right-hand side.
    """
    system = sparse.csr_matrix(equations)
    rng = np.random.default_rng(SEED)
    suspects = np.ones(system.shape[1], dtype=bool)
    if system.shape[0] > DIRECT:
        suspects = _suspected(system, rng)
    labels = components(system)
    m = system.shape[0]
    kept = np.isin(labels, labels[m:][suspects])
    part = system[kept[:m]][:, kept[m:]]
    kernel = kernel_vectors(part, rng)
    is_determined = np.zeros(system.shape[1], dtype=bool)
    if kernel is None:
        # Two witnesses out of two: what is left when elimination fills in too much.
        is_determined[kept[m:]] = suspects[kept[m:]] & _suspected(part, rng)
    else:
        is_determined[kept[m:]] = ~kernel.any(axis=1)
    return is_determined


def components(equations: sparse.csr_matrix) -> npt.NDArray[np.int_]:
    """Return the connected part of each equation (m), then of each unknown (n)."""
    graph = sparse.bmat([[None, equations], [equations.T, None]], format="csr")
    return np.asarray(csgraph.connected_components(graph, directed=False)[1], dtype=np.int_)


def _suspected(equations: sparse.csr_matrix, rng: np.random.Generator) -> BoolArray:
    """Say of each unknown whether a random solution of ``equations @ y = 0`` leaves it at zero."""
    norms = np.sqrt(np.asarray(equations.multiply(equations).sum(axis=1)).ravel())
    system = sparse.diags(1 / np.where(norms > 0, norms, 1)) @ equations
    drawn = rng.standard_normal(system.shape[1])
    witness = _project(system, drawn)
    gaps = np.abs(system @ witness)
    doubtful = abs(system.T) @ (gaps > RESIDUAL) > 0
    return np.asarray((np.abs(witness) < SUSPICION) | doubtful, dtype=bool)


def _project(system: sparse.csr_matrix, drawn: FloatArray) -> FloatArray:
    """Project ``drawn`` (n) on the kernel of ``system``: one least squares for all cells."""
    if 0 in system.shape:
        return drawn
    limit = 20 * sum(system.shape)
    left = lsmr(system.T, drawn, atol=1e-13, btol=1e-13, conlim=0, maxiter=limit)[0]
    return np.asarray(drawn - system.T @ left, dtype=np.float64)
