"""The page of a report: one HTML file of ours, readable offline, on a phone and on paper.

Belongs here: what the template needs. Does not: the report's content. Great Expectations' own pages
load scripts from other hosts, so they are not used.
"""

from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from orchestration import settings
from orchestration.files import indented_json, write
from orchestration.html import template_environment
from orchestration.quality.reader import Measures
from orchestration.quality.report import HTML, JSON, Report

Plan = tuple[tuple[str, ...], ...]
_TEMPLATES = Path(__file__).parent / "templates"


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
            failures=failures(report),
            delivery_groups=delivery_groups(report),
            niveaux=niveaux(report.mesures, report.plan),
            ventilation=ventilation(report.mesures, report.plan),
        )
    )


def failures(report: Report) -> list[Any]:
    """Rules that failed, those that block first."""
    return sorted(report.failures, key=lambda item: item.severity != "critique")


def delivery_groups(report: Report) -> list[dict[str, Any]]:
    """Deliveries by source, with the sums of their records."""
    return [
        {
            "source": source,
            "extraits": result,
            "lus": sum(item.lus for item in result),
            "atterris": sum(item.atterris for item in result),
            "rejetes": sum(item.rejetes for item in result),
        }
        for source, group in groupby(report.extraits, key=lambda item: item.source)
        if (result := list(group))
    ]


def niveaux(mesures: Measures, plan: Plan) -> list[dict[str, Any]]:
    """Share of the dossiers at each level of diffusion, and what the level gives up in addition."""
    total = sum(dossiers for _, _, dossiers in mesures.niveaux)
    given_up = dict(enumerate(plan, start=2))
    last = len(plan) + 1
    return [
        {
            "niveau": level,
            "regroupe": given_up.get(level, ()),
            "lignes": rows,
            "dossiers": dossiers,
            "part": dossiers / total,
        }
        for level, rows, dossiers in mesures.niveaux
        if level <= last
    ]


def ventilation(mesures: Measures, plan: Plan) -> int:
    """Number of rows that only tell amounts by financer again, beyond the levels of the plan."""
    last = len(plan) + 1
    return sum(rows for level, rows, _ in mesures.niveaux if level > last)
