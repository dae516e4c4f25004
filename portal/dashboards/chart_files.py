"""A chart as a file: CSV, JSON, SVG, PNG, Markdown; the same rows, the same sentence in each."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import orjson
import resvg_py

from portal.dashboards.credits import Origin, citation, credit_lines, legend_lines
from portal.dashboards.drawing.bars import draw_bars
from portal.dashboards.drawing.canvas import Drawing, Link, standalone
from portal.dashboards.drawing.choropleth import draw_map
from portal.dashboards.drawing.columns import draw_columns
from portal.dashboards.drawing.tiles import draw_tiles
from portal.dashboards.figures import Figure, Row
from portal.dashboards.sentences import sentence, title

_DRAW: dict[str, Callable[[Figure, int, Link, str], Drawing]] = {
    "chiffres": draw_tiles,
    "temps": draw_columns,
    "versions": draw_columns,
    "periode": draw_columns,
    "barres": draw_bars,
    "financeurs": draw_bars,
    "carte": draw_map,
}
_WIDTHS = {"carte": 460, "temps": 760, "periode": 760, "versions": 760, "chiffres": 740}
_WIDTH = 600
# Pixels of a PNG for one of the drawing: sharp on paper and on screens of today.
_ZOOM = 2


@dataclass(frozen=True)
class Place:
    """Where a chart is, for who reads a file of it, and whose rows it shows."""

    page: str
    origin: Origin


def draw(figure: Figure, width: int, link: Link, name: str) -> Drawing:
    """Draw a figure; ``name`` is unique in the page, ``link`` gives the address of a value."""
    return _DRAW[figure.chart.shape](figure, width, link, name)


def svg(figure: Figure, place: Place) -> bytes:
    """Return the chart as an SVG file, with title and credits."""
    drawing = draw(figure, _WIDTHS.get(figure.chart.shape, _WIDTH), lambda _: None, "f")
    sub = [place.origin.notice] if place.origin.notice else []
    if figure.chart.shape != "chiffres":
        sub.append(sentence(figure))
    credits_ = [*legend_lines(figure), *figure.notes, *credit_lines(figure, place.origin)]
    return standalone(drawing, title(figure), sub, [*credits_, place.page]).encode()


def png(figure: Figure, place: Place) -> bytes:
    """Return the chart as a PNG image, with a font of its own: a server may have none."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(figure, place).decode(),
            zoom=_ZOOM,
            skip_system_fonts=True,
            font_files=list(_fonts()),
            font_family="Source Sans Pro",
            background="#ffffff",
        )
    )


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, ...]:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return tuple(str(folder / f"SourceSansPro-{name}.ttf") for name in ("Regular", "Semibold"))


COLUMNS = ("code", "libelle", "valeur", "unite", "part", "diffusion", "edition")


def columns(figure: Figure) -> tuple[str, ...]:
    """Names of the columns of a chart's rows."""
    evolution = ("precedente",) if any(row.previous is not None for row in figure.rows) else ()
    reference = ("reference", "part_reference") if figure.reference else ()
    return (*COLUMNS, *evolution, *reference)


def cells(figure: Figure, row: Row) -> dict[str, Any]:
    """Cells of a row, by column: the table, the CSV and the JSON tell these."""
    told = {
        "code": row.code,
        "libelle": row.label,
        "valeur": row.value,
        "unite": row.unit or figure.measure.unit,
        "part": None if row.share is None else round(row.share, 6),
        "diffusion": row.status.value,
        "edition": row.edition or None,
        "precedente": row.previous,
        "reference": row.reference,
        "part_reference": None if row.reference_share is None else round(row.reference_share, 6),
    }
    return {name: told[name] for name in columns(figure)}


def table_csv(figure: Figure, _place: Place) -> bytes:
    """Return the rows as CSV, in the dialect of the published files."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns(figure), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells(figure, row) for row in figure.rows)
    return text.getvalue().encode()


def table_json(figure: Figure, place: Place) -> bytes:
    """Return the rows with all that is needed to read and to recompute them."""
    content = {
        "avis": place.origin.notice or None,
        "titre": title(figure),
        "phrase": sentence(figure),
        "mesure": figure.measure.label,
        "definition": figure.measure.definition,
        "unite": figure.measure.unit,
        "perimetre": figure.dashboard.scope,
        "avertissement": figure.dashboard.caution,
        "jeu": figure.source,
        "version": figure.version,
        "publiee_le": place.origin.published,
        "tableau": figure.table or None,
        "annee": figure.year,
        "maille": figure.grain or None,
        "filtres": figure.selection.parameters(),
        "filtres_en_clair": list(figure.where),
        "filtres_sans_effet": list(figure.ignored),
        "compare_a": figure.reference or None,
        "total": figure.total,
        "part_non_ventilee": None if figure.undetailed is None else round(figure.undetailed, 6),
        "nombre_de_valeurs": figure.count,
        "provisoire": figure.provisional,
        "remarques": [*legend_lines(figure), *figure.notes],
        "ruptures": [
            {"mois": item.period, "libelle": item.label, "source": item.source}
            for item in figure.breaks
        ],
        "requetes": list(figure.queries),
        "page": place.page,
        "credits": credit_lines(figure, place.origin),
        "citer": citation(figure, place.page, place.origin).text,
        "donnees": [cells(figure, row) for row in figure.rows],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def markdown(figure: Figure, place: Place) -> bytes:
    """Return the chart as a page for programs that read text."""
    names = columns(figure)
    lines = [
        f"# {_plain(title(figure))}",
        "",
        _plain(sentence(figure)),
        "",
        *([f"- **{_plain(place.origin.notice)}**"] if place.origin.notice else []),
        f"- Mesure : {figure.measure.label} ({figure.measure.unit}). {figure.measure.definition}",
        f"- Périmètre : {figure.dashboard.scope}",
        *(f"- {line}" for line in (*legend_lines(figure), *figure.notes)),
        *(f"- {item.period} : {item.label}. Source : {item.source}." for item in figure.breaks),
        "",
        f"| {' | '.join(names)} |",
        f"|{'---|' * len(names)}",
        *(
            f"| {' | '.join(_cell(value) for value in cells(figure, row).values())} |"
            for row in figure.rows
        ),
        "",
        *(f"{line}  " for line in credit_lines(figure, place.origin)),
        f"Page : {place.page}",
        "",
        "```sql",
        ";\n".join(figure.queries),
        "```",
        "",
    ]
    return "\n".join(lines).encode()


def _cell(value: Any) -> str:
    return "" if value is None else _plain(str(value))


def _plain(text: str) -> str:
    """A text of the data cannot end a cell, nor become a link or markup."""
    return "".join(f"\\{sign}" if sign in "\\|<>[]`*" else sign for sign in text)


@dataclass(frozen=True)
class FileFormat:
    """A format: its media type, and how a figure is written in it."""

    media_type: str
    write: Callable[[Figure, Place], bytes]


FORMATS = {
    "csv": FileFormat("text/csv; charset=utf-8", table_csv),
    "json": FileFormat("application/json; charset=utf-8", table_json),
    "svg": FileFormat("image/svg+xml; charset=utf-8", svg),
    "png": FileFormat("image/png", png),
    "md": FileFormat("text/markdown; charset=utf-8", markdown),
}
