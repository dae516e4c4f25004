"""Prices as bodies display them: round ones, ones just below, net ones with VAT, a few with cents.

``sql/macros.sql`` says the same rules for the dossiers (``prix_affiche``).
"""

import numpy as np
import numpy.typing as npt

MIN_PRICE = 3_000  # cents

Floats = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def displayed_prices(cents: Floats, draws: Floats) -> IntArray:
    """Give each price in cents the ending that its draw, in [0, 1), stands for.

    Up to 100 € prices go by 5 €, to 500 € by 10, to 2,000 € by 50, beyond by 100.
    """
    step = np.select(
        [cents < 10_000, cents < 50_000, cents < 200_000], [500.0, 1_000.0, 5_000.0], 10_000.0
    )
    by_step = np.rint(cents / step) * step
    by_ten = np.rint(cents / 1_000) * 1_000
    displayed = np.select(
        [draws < 0.55, draws < 0.72, draws < 0.80, draws < 0.92, draws < 0.97],
        [
            by_step,
            by_step - np.where(cents < 50_000, 100, 1_000),  # 299, 1 490
            by_step - 100,  # 1 999
            by_ten,
            np.rint(cents / 1.2 / step) * step * 1.2,  # a round net price, and 20 % of VAT
        ],
        by_ten - 10,  # 299,90
    )
    return np.asarray(np.maximum(displayed, MIN_PRICE), dtype=np.int64)
