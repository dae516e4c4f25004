"""A field of a served dataset: what clients see of it, and how its values are held."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Type(StrEnum):
    """Types of the Explore API; in brackets, how the image of a dataset holds the values."""

    TEXT = "text"  # [an ENUM in the order of the portal when values repeat, else VARCHAR]
    INT = "int"  # [BIGINT]
    DOUBLE = "double"  # [DOUBLE, or DECIMAL when the file declares decimals: sums stay exact]
    BOOLEAN = "boolean"  # [BOOLEAN]
    DATE = "date"  # [DATE: the first day of what the value covers, see ``Field.precision``]
    DATETIME = "datetime"  # [TIMESTAMP, UTC]
    GEO_POINT = "geo_point_2d"  # [STRUCT(lon DOUBLE, lat DOUBLE), WGS 84]
    GEO_SHAPE = "geo_shape"  # [VARCHAR: a GeoJSON geometry]
    JSON = "json_blob"  # [VARCHAR: JSON]


NUMERIC = frozenset({Type.INT, Type.DOUBLE})
PLACES = frozenset({Type.GEO_POINT, Type.GEO_SHAPE})
TEMPORAL = frozenset({Type.DATE, Type.DATETIME})


@dataclass(frozen=True)
class Field:
    """A field. ``annotations`` are emitted as they are: scalars and ``True``.

    ``rank`` is its place in the dataset, from 0. ``value_count`` is how many values the ENUM has in
    which the image holds it, 0 when it holds no ENUM; its type is named by :attr:`enumeration`.
    """

    nom: str
    type: Type
    rank: int
    label: str
    description: str | None = None
    annotations: Mapping[str, Any] = field(default_factory=dict)
    value_count: int = 0

    @property
    def is_enum(self) -> bool:
        """Tell whether the image holds it as an ENUM."""
        return self.value_count > 0

    @property
    def facet(self) -> bool:
        """Tell whether ``facets`` shows it by default."""
        return bool(self.annotations.get("facet"))

    @property
    def disjunctive(self) -> bool:
        """Tell whether several refinements of it are alternatives."""
        return bool(self.annotations.get("disjunctive"))

    @property
    def multivalued(self) -> bool:
        """Tell whether a value is a list of texts, held as VARCHAR[]."""
        return bool(self.annotations.get("multivalued"))

    @property
    def hierarchy(self) -> str | None:
        """Separator of the levels of a value, if it has levels."""
        return self.annotations.get("hierarchical") or None

    @property
    def precision(self) -> str:
        """What a date tells: ``year``, ``month`` or ``day``."""
        return str(self.annotations.get("timeserie_precision", "day"))

    @property
    def enumeration(self) -> str:
        """Name, in the image, of the ENUM that holds it."""
        return f"enumeration_{self.rank}"

    @property
    def dictionary_table(self) -> str:
        """Name, in the image, of the table of its distinct texts: ``valeur``, ``mots``."""
        return f"mots_{self.rank}"
