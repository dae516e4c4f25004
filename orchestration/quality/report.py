"""The report of a control: its content, and its two files ``qualite.json`` and ``qualite.html``.

A report is public: it shows labels, counts and public keys, never a value that was refused. Its
page is ours, since those of Great Expectations load scripts from other hosts.
"""

import json
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.candidates.deliveries import Extract, Fate
from orchestration.datasets import Dataset
from orchestration.files import File, indented_json, write
from orchestration.html import template_environment
from orchestration.quality.measures import Measures
from orchestration.quality.suite import CRITICAL

JSON = "qualite.json"
HTML = "qualite.html"
Plan = tuple[tuple[str, ...], ...]
_TEMPLATES = Path(__file__).parent / "templates"


class MissingReportError(RuntimeError):
    """The candidate was not controlled; the message says what to run."""


@dataclass(frozen=True)
class Result:
    """Verdict of one expectation: ``part`` is unexpected/evaluated, ``exemples`` public keys."""

    regle: str
    libelle: str
    severity: str
    success: bool
    evalues: int
    inattendus: int
    part: float
    mesure: str
    exemples: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Report:
    """A control of the ``fichiers``; ``reference`` is the version that drift was judged against.

    ``seuil`` and ``plan`` are those of the dataset (see ``Dataset``) when it was controlled;
    ``devenir`` tells what became of the records of each source.
    """

    jeu: str
    titre: str
    success: bool
    controle_le: str
    seuil: int | None
    plan: Plan
    filiere: tuple[str, ...]
    reference: str | None
    fichiers: tuple[File, ...]
    mesures: Measures
    extraits: tuple[Extract, ...]
    resultats: tuple[Result, ...]
    devenir: tuple[Fate, ...] = ()

    @property
    def failures(self) -> tuple[Result, ...]:
        """Expectations that failed, blocking or not."""
        return tuple(result for result in self.resultats if not result.success)

    @property
    def blocking_rules(self) -> tuple[Result, ...]:
        """Expectations whose failure blocks the publication."""
        return tuple(result for result in self.failures if result.severity == CRITICAL)


def read_report(dataset: Dataset) -> Report:
    """Read the report of the candidate. Raises :class:`MissingReportError`."""
    path = settings.candidates(dataset.nom) / JSON
    if not path.exists():
        raise MissingReportError(
            f"le candidat de {dataset.nom} n'a pas été contrôlé : « cpf run »."
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    return Report(
        **content
        | {
            "plan": tuple(tuple(step) for step in content["plan"]),
            "filiere": tuple(content["filiere"]),
            "fichiers": tuple(File(**record) for record in content["fichiers"]),
            "mesures": read_measures(content["mesures"]),
            "extraits": tuple(Extract(**record) for record in content["extraits"]),
            "devenir": tuple(Fate(**record) for record in content.get("devenir", ())),
            "resultats": tuple(
                Result(**record | {"exemples": tuple(record["exemples"])})
                for record in content["resultats"]
            ),
        }
    )


def read_measures(content: dict[str, Any]) -> Measures:
    """Rebuild the measures from the JSON of a report or of a manifest."""
    return Measures(
        **content
        | {
            "colonnes": tuple((name, kind) for name, kind in content["colonnes"]),
            "niveaux": tuple((level, rows, count) for level, rows, count in content["niveaux"]),
        }
    )


def write_report(report: Report) -> None:
    """Write both files beside the candidate, where people look when it is blocked."""
    for name, content in report_files(report).items():
        write(settings.candidates(report.jeu) / name, content)


def report_files(report: Report, version: str | None = None) -> dict[str, bytes]:
    """Return the bytes of both files; the page names the ``version`` once there is one."""
    return {JSON: indented_json(asdict(report)), HTML: page(report, version).encode()}


def page(report: Report, version: str | None) -> str:
    """Render the report; ``version`` is None for a candidate that is not published."""
    return (
        template_environment(_TEMPLATES)
        .get_template("qualite.html.j2")
        .render(
            report=report,
            version=version,
            failures=sorted(report.failures, key=lambda failure: failure.severity != CRITICAL),
            delivery_groups=delivery_groups(report),
            personal_sources=settings.PERSONAL_SOURCES,
            niveaux=dissemination_levels(report.mesures, report.plan),
        )
    )


def delivery_groups(report: Report) -> list[dict[str, Any]]:
    """Deliveries by source, with the sums of their records."""
    groups = []
    for source, deliveries in groupby(report.extraits, key=attrgetter("source")):
        extracts = list(deliveries)
        counts = ("lus", "atterris", "rejetes")
        sums = {name: sum(getattr(extract, name) for extract in extracts) for name in counts}
        groups.append({"source": source, "extraits": extracts, **sums})
    return groups


def dissemination_levels(measures: Measures, plan: Plan) -> list[dict[str, Any]]:
    """Share of the dossiers at each level of diffusion, and what the level gives up in addition."""
    total = sum(dossiers for _, _, dossiers in measures.niveaux)
    given_up = dict(enumerate(plan, start=2))
    return [
        {
            "niveau": level,
            "regroupe": given_up.get(level, ()),
            "lignes": rows,
            "dossiers": dossiers,
            "part": dossiers / total,
        }
        for level, rows, dossiers in measures.niveaux
    ]
