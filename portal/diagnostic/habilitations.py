"""The signals of authorisation: by certifier, by certification, by training body.

``/diagnostic/habilitations?certificateur=…|certification=…`` and
``/diagnostic/organismes/<siret>/habilitations`` are pages; with ``.csv`` and ``.json`` they give
what they show. A signal is a difference between two public sources, never more.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from orchestration.html import format_date
from portal.dashboards.answers import in_french
from portal.dashboards.selection import bad_request
from portal.diagnostic.shown_tables import (
    SIGNALS,
    Page,
    ShownTable,
    ask_table,
    respond,
    versions,
)
from portal.packages.dataset import Dataset

PATH, BODIES = "/diagnostic/habilitations", "/diagnostic/organismes"
NOTICE = (
    "Écart constaté entre deux sources publiques : le catalogue Mon Compte Formation et le "
    "répertoire de France compétences, aux dates de chaque ligne. Un écart n'établit pas un "
    "manquement."
)
SEVERITIES = {
    3: "À vérifier en priorité",
    2: "À vérifier",
    1: "Information",
    0: "Conforme aux listes publiées",
    None: "Non évaluable",
}
_SIRET, _SIREN = re.compile(r"[0-9]{14}"), re.compile(r"[0-9]{9}")
_CODE = re.compile(r"(RNCP|RS)([1-9][0-9]{0,8})")
_COLUMNS = """code_certification, intitule_certification, certificateurs, siret_of, nom_of,
    code_signal, severite, libelle_signal, motifs, nb_formations, nb_versions, vu_depuis, nouveau,
    entrees_12_mois, date_catalogue, date_repertoire, etat_connu, date_fin_enregistrement,
    date_retrait, siret_habilite, remplacee_par, lien_fiche, correction, corrige_le"""
_COUNTS = "select severite, count(*) as n from {{0}} where {condition} group by all"
_DATES = "select max(date_catalogue) as catalogue, max(date_repertoire) as repertoire from {0}"
# By severity, then persistence, then exposition: never by body. (Columns of the image are lists of
# values: sorted as texts, they cost a twentieth.)
_ROWS = """
select {columns}
from {{0}}
where {condition} and ({kept})
order by severite desc nulls last, nb_versions desc, entrees_12_mois desc nulls last,
    nb_formations desc, cast(code_certification as varchar), cast(siret_of as varchar)
"""
# Rows that a page shows; the files have all of them.
MOST = 300


@dataclass(frozen=True)
class Question:
    """Who asks: ``condition`` on the rows and its value; ``path`` and ``query`` ask it again."""

    title: str
    condition: str
    value: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    all_rows: bool = False

    def address(self, extension: str = "", **more: str) -> str:
        """Address of the page, or of a file of it."""
        asked = {**dict(self.query), **more}
        return f"{self.path}{extension}" + (f"?{urlencode(asked)}" if asked else "")


def routes() -> list[Route]:
    """Return the routes; each page is a CSV and a JSON too."""
    paths = (PATH, f"{BODIES}/{{siret}}/habilitations")
    return [
        Route(f"{path}{end}", in_french(_page)) for path in paths for end in (".csv", ".json", "")
    ]


def read_question(request: Request) -> Question | None:
    """Return what is asked; nothing if the form is. Raises ``ApiError`` (400)."""
    names = ("certificateur", "certification", "version", "tout")
    given = {
        name: "".join(value.split())
        for name, value in request.query_params.items()
        if name in names and value
    }
    pinned = tuple((name, given[name]) for name in ("version", "tout") if name in given)
    siret = request.path_params.get("siret")
    if siret is not None:
        return of_body(siret, pinned)
    if "certificateur" in given:
        number = given["certificateur"]
        if not _SIREN.fullmatch(number):
            _check(number, _SIRET, "un SIREN a 9 chiffres, un SIRET 14")
        siren = number[:9]
        query = (("certificateur", siren), *pinned)
        condition = "list_contains(string_split(siren_certificateurs, ','), ?)"
        return Question(
            f"Certificateur {siren}", condition, siren, PATH, query, all_rows="tout" in given
        )
    if "certification" in given:
        code = given["certification"].upper()
        _check(code, _CODE, "un code de certification s'écrit RNCP ou RS suivi de son numéro")
        query = (("certification", code), *pinned)
        condition = "code_certification = ?"
        return Question(
            f"Certification {code}", condition, code, PATH, query, all_rows="tout" in given
        )
    return None


def of_body(number: str, pinned: tuple[tuple[str, str], ...] = ()) -> Question:
    """Return the question about a body: one establishment by its SIRET, all of them by its SIREN.

    Raises ``ApiError`` (400).
    """
    path, everything = f"{BODIES}/{number}/habilitations", "tout" in dict(pinned)
    if _SIREN.fullmatch(number):
        return Question(f"Organisme {number}", "siren = ?", number, path, pinned, everything)
    _check(number, _SIRET, "un SIRET a 14 chiffres, un SIREN 9")
    return Question(f"Établissement {number}", "siret_of = ?", number, path, pinned, everything)


def _check(text: str, form: re.Pattern[str], said: str) -> None:
    if not form.fullmatch(text):
        raise bad_request(f"Ce n'est pas la forme attendue : {said}.")


async def ask_signals(request: Request, question: Question, dataset: Dataset) -> ShownTable:
    """Return the signals that answer; what is sound too if all rows are asked for."""
    kept = "true" if question.all_rows else "severite is distinct from 0 or correction is not null"
    # A version from before the column has no word on it.
    columns = _COLUMNS if dataset.field("nouveau") else _COLUMNS.replace(
        "nouveau", "null as nouveau")  # fmt: skip
    text = _ROWS.format(columns=columns, condition=question.condition, kept=kept)
    return await ask_table(request, text, [dataset], question.value)


async def ask_dates(request: Request, dataset: Dataset) -> Mapping[str, str]:
    """Return the dates of both sources, in French; the register's is that of the newest list."""
    (row,) = (await ask_table(request, _DATES, [dataset])).rows
    return {name: format_date(str(day)) if day else "date inconnue" for name, day in row.items()}


async def _page(request: Request) -> Response:
    body = "".join(request.query_params.get("organisme", "").split())
    if body and "siret" not in request.path_params:
        return RedirectResponse(of_body(body).path, 303)
    question = read_question(request)
    async with versions(request, SIGNALS) as datasets:
        (dataset,) = datasets
        dates = await ask_dates(request, dataset)
        if question is None:
            if request.url.path != PATH:
                raise bad_request("Dire qui : certificateur=SIREN, ou certification=CODE.")
            table = ShownTable((), (), "")
            context = {"path": PATH, "dates": dates}
            return respond(
                request, Page("habilitations.html.j2", datasets, table, {}, context, indexed=False)
            )
        table = await ask_signals(request, question, dataset)
        text = _COUNTS.format(condition=question.condition)
        counts = (await ask_table(request, text, datasets, question.value)).rows
        counted = {row["severite"]: row["n"] for row in counts}
        told = {
            "demande": question.title,
            "mise_en_garde": NOTICE,
            "par_severite": {
                "non_evaluable" if key is None else str(key): counted.get(key, 0)
                for key in SEVERITIES
            },
        }
        shown: dict[str, Any] = {
            "path": PATH,
            "dates": dates,
            "question": question,
            "subject": _name(question, table.rows),
            "counts": counted,
            "severities": SEVERITIES,
            "most": MOST,
            "codes": _described(dataset, "code_signal"),
        }
        return respond(
            request, Page("signaux.html.j2", datasets, table, told, shown, indexed=False)
        )


def _name(question: Question, rows: Sequence[Mapping[str, Any]]) -> str:
    """Name of what is asked for, where every row has the same."""
    asked = dict(question.query)
    if "certificateur" in asked:
        return ""
    column = "intitule_certification" if "certification" in asked else "nom_of"
    names = {row[column] for row in rows}
    return names.pop() or "" if len(names) == 1 else ""


def _described(dataset: Dataset, column: str) -> str:
    field = dataset.field(column)
    return (field and field.description) or ""
