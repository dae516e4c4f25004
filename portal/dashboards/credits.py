"""What must be said beside a chart wherever it goes: source, version, licence, how to cite it."""

import re
from dataclasses import dataclass

from orchestration.metadata.version_card import LICENCE_NAME, Site
from portal.dashboards.declarations import read_dashboards
from portal.dashboards.drawing.choropleth import CREDIT
from portal.dashboards.figures import Figure, Status
from portal.dashboards.sentences import title
from portal.packages.dataset import Dataset

_NO_LICENCE = "licence non déclarée"
_NOT_A_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Origin:
    """Whose rows a chart shows: ``published`` is the day of the version (``2026-11-30``).

    ``notice``: what a reader must know before anything else, if there is something; ``mention``:
    what is said of rows that another publisher has opened.
    """

    publisher: str
    licence: str
    published: str
    notice: str = ""
    mention: str = ""


@dataclass(frozen=True)
class Citation:
    """How to cite a chart: as a text, and for reference managers."""

    text: str
    bibtex: str


def origin(dataset: Dataset, site: Site, mention: str) -> Origin:
    """Tell whose rows these are: ours if a dashboard is declared for them."""
    published = dataset.modified.date().isoformat()
    ours = any(dataset.id in item.sources for item in read_dashboards().values())
    if ours:
        return Origin(site.titre, LICENCE_NAME, published, site.avis, mention)
    publisher = dataset.metas.get("publisher") or "éditeur non déclaré"
    return Origin(str(publisher), str(dataset.metas.get("license") or _NO_LICENCE), published)


def credit_lines(figure: Figure, origin: Origin) -> list[str]:
    """Lines of credits: they are inside every image and every frame."""
    version = f", version {figure.version}" if figure.version else ""
    lines = [f"Source : {origin.publisher}, {figure.source}{version} ; {origin.licence}"]
    if origin.mention:
        lines.append(f"{origin.mention[0].upper()}{origin.mention[1:]}".replace(";", " ;"))
    if figure.chart.shape == "carte":
        lines.append(CREDIT)
    return lines


def legend_lines(figure: Figure) -> list[str]:
    """What the signs of a drawing mean, where they are used."""
    lines = []
    if figure.chart.shape == "temps" and figure.provisional:
        lines.append("Hachuré : provisoire, peut encore changer.")
    worth = {row.status for row in figure.rows}
    if Status.MINIMUM in worth:
        lines.append("Au moins : le reste est secret, ou réuni à d'autres valeurs.")
    if Status.PARTIAL in worth:
        lines.append("Sur une partie : moyenne des seuls dossiers dont la valeur est publiée.")
    if figure.secrets:
        lines.append("Pointillé : secret ; ce n'est pas un zéro.")
    if Status.UNTOLD in worth:
        lines.append("Points sans colonne : réuni à d'autres valeurs ; ce n'est pas un zéro.")
    if figure.undetailed:
        lines.append("Points : non ventilé, la valeur n'est pas publiée à ce détail.")
    if figure.reference:
        if figure.chart.shape in ("temps", "versions") and not figure.measure.is_level:
            lines.append(
                f"Trait : {figure.reference}, ramené à la même somme pour comparer les évolutions."
            )
        elif figure.chart.shape != "chiffres":
            lines.append(f"Trait et second nombre : {figure.reference}.")
    return lines


def citation(figure: Figure, address: str, origin: Origin) -> Citation:
    """Cite a chart."""
    published = origin.published
    version = f"version {figure.version} du {published}" if figure.version else f"du {published}"
    name = title(figure)
    text = f"{origin.publisher}, « {name} », jeu {figure.source}, {version}, {address}" + (
        f" ({origin.notice})" if origin.notice else ""
    )
    key = _NOT_A_KEY.sub("-", f"{figure.source}-{figure.chart.name}-{figure.version}".lower())
    bibtex = "\n".join(
        (
            f"@misc{{{key},",
            f"  title = {{{{{_tex(name)}}}}},",
            f"  author = {{{{{_tex(origin.publisher)}}}}},",
            f"  year = {{{published[:4]}}},",
            *([f"  version = {{{figure.version}}},"] if figure.version else []),
            *([f"  note = {{{{{_tex(origin.notice)}}}}},"] if origin.notice else []),
            f"  url = {{{address}}}",
            "}",
        )
    )
    return Citation(text, bibtex)


def _tex(content: str) -> str:
    return re.sub(r"([%&#_$])", r"\\\1", content.replace("{", "(").replace("}", ")"))
