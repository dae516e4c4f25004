"""The signals of authorisation: by certifier, by certification, by training body.

``/diagnostic/habilitations?certificateur=…|certification=…`` and
``/diagnostic/organismes/<siret>/habilitations`` are pages; with ``.csv`` and ``.json`` they give
what they show. A signal is a difference between two public sources, never more.
"""

import csv
import io
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from orchestration.html import format_date, hold_punctuation, portal_entries
from portal.api.ask import ask
from portal.context import app_context, client, requested_dataset
from portal.dashboards.answers import environment as dashboard_pages
from portal.dashboards.answers import file, in_french, policy, root, site, stylesheet
from portal.dashboards.selection import bad_request
from portal.dashboards.shown import parquet_address
from portal.dashboards.statements import Statement
from portal.packages.dataset import Dataset

DATASET = "signaux_habilitation"
PATH, BODIES = "/diagnostic/habilitations", "/diagnostic/organismes"
_SIRET, _SIREN = re.compile(r"[0-9]{14}"), re.compile(r"[0-9]{9}")
_CODE = re.compile(r"(RNCP|RS)([1-9][0-9]{0,8})")
_COLUMNS = (
    *("code_certification", "intitule_certification", "certificateurs", "siret_of", "nom_of"),
    *("code_signal", "severite", "libelle_signal", "motifs", "nb_formations", "nb_versions"),
    *("vu_depuis", "entrees_12_mois", "date_catalogue", "date_repertoire", "etat_connu"),
    *("date_fin_enregistrement", "date_retrait", "siret_habilite", "remplacee_par", "lien_fiche"),
    *("correction", "corrige_le"),
)
SEVERITIES = {
    3: "À vérifier en priorité",
    2: "À vérifier",
    1: "Information",
    0: "Conforme aux listes publiées",
    None: "Non évaluable",
}
# Rows that a page shows; the files have all of them.
_MOST = 300
_NOINDEX = {"X-Robots-Tag": "noindex"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """Who asks: ``condition`` on the rows and its value; ``path`` and ``query`` ask it again."""

    title: str
    condition: str
    value: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    all_rows: bool = False

    def statement(self) -> Statement:
        """Rows by severity, then persistence, then exposition: never by body."""
        kept = "true" if self.all_rows else "severite is distinct from 0 or correction is not null"
        return Statement(
            f"select {', '.join(_COLUMNS)} from {{fichier}} where {self.condition} and ({kept}) "
            "order by severite desc nulls last, nb_versions desc, entrees_12_mois desc nulls last, "
            "nb_formations desc, code_certification, siret_of",
            (self.value,),
        )

    def counted(self) -> Statement:
        """How many rows of each severity there are, those that are not shown too."""
        return Statement(
            f"select severite, count(*) as n from {{fichier}} where {self.condition} group by all",
            (self.value,),
        )

    def address(self, extension: str = "", **more: str) -> str:
        """Address of the page, or of a file of it."""
        asked = {**dict(self.query), **more}
        return f"{self.path}{extension}" + (f"?{urlencode(asked)}" if asked else "")


@dataclass(frozen=True)
class Answer:
    """What a question gets, of one version."""

    question: Question
    dataset: Dataset
    rows: Sequence[Row]
    counts: Mapping[int | None, int]


def routes() -> list[Route]:
    """Return the routes."""
    certifier = f"{BODIES}/{{siret}}/habilitations"
    return [
        Route(PATH, in_french(_page)),
        *(Route(f"{PATH}.{kind}", in_french(_file(kind))) for kind in _FILES),
        *(Route(f"{certifier}.{kind}", in_french(_file(kind))) for kind in _FILES),
        Route(certifier, in_french(_page)),
    ]


def read_question(request: Request) -> Question | None:
    """Return what is asked; nothing if the form is. Raises ``ApiError`` (400)."""
    given = {
        name: "".join(value.split())
        for name, value in request.query_params.items()
        if name in ("certificateur", "certification", "organisme", "version", "tout") and value
    }
    pinned = tuple((name, given[name]) for name in ("version", "tout") if name in given)
    everything = "tout" in given
    siret = request.path_params.get("siret")
    if siret is not None:
        _check(siret, _SIRET, "un SIRET a 14 chiffres")
        path = f"{BODIES}/{siret}/habilitations"
        return Question(f"Établissement {siret}", "siret_of = ?", siret, path, pinned, everything)
    if "certificateur" in given:
        number = given["certificateur"]
        if not _SIREN.fullmatch(number):
            _check(number, _SIRET, "un SIREN a 9 chiffres, un SIRET 14")
        siren = number[:9]
        query = (("certificateur", siren), *pinned)
        condition = "list_contains(string_split(siren_certificateurs, ','), ?)"
        return Question(f"Certificateur {siren}", condition, siren, PATH, query, everything)
    if "certification" in given:
        code = given["certification"].upper()
        _check(code, _CODE, "un code de certification s'écrit RNCP ou RS suivi de son numéro")
        query = (("certification", code), *pinned)
        return Question(
            f"Certification {code}", "code_certification = ?", code, PATH, query, everything
        )
    return None


def _check(text: str, form: re.Pattern[str], said: str) -> None:
    if not form.fullmatch(text):
        raise bad_request(f"Ce n'est pas la forme attendue : {said}.")


async def _page(request: Request) -> Response:
    body = "".join(request.query_params.get("organisme", "").split())
    if body and "siret" not in request.path_params:
        _check(body, _SIRET, "un SIRET a 14 chiffres")
        return RedirectResponse(f"{BODIES}/{body}/habilitations", 303)
    question = read_question(request)
    async with requested_dataset(request, _asked_version(question)) as dataset:
        if question is None:
            return _render("habilitations.html.j2", dataset=dataset, dates=await _dates(request))
        answer = await _answer(request, dataset, question)
        return _render(
            "signaux.html.j2",
            dataset=dataset,
            dates=await _dates(request, dataset),
            answer=answer,
            rows=answer.rows[:_MOST],
            question=question,
            severities=SEVERITIES,
            codes=_described(dataset, "code_signal"),
            permalink=root(request) + question.address(version=dataset.version),
        )


def _asked_version(question: Question | None) -> str:
    version = dict(question.query).get("version") if question else None
    return f"{DATASET}@{version}" if version else DATASET


async def _answer(request: Request, dataset: Dataset, question: Question) -> Answer:
    shared, asker = app_context(request), client(request)
    table = await ask(shared, asker, question.statement().asked(dataset.base))
    counted = await ask(shared, asker, question.counted().asked(dataset.base))
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in table.lignes]
    return Answer(question, dataset, rows, {row[0]: row[1] for row in counted.lignes})


async def _dates(request: Request, dataset: Dataset | None = None) -> Mapping[str, str]:
    """Return the dates of both sources, in French; the register's is that of the newest list."""
    async with requested_dataset(request, DATASET) as current:
        told = Statement("select max(date_catalogue), max(date_repertoire) from {fichier}")
        query = told.asked((dataset or current).base)
        ((catalogue, register),) = (await ask(app_context(request), client(request), query)).lignes
    return {
        "catalogue": format_date(str(catalogue)) if catalogue else "date inconnue",
        "repertoire": format_date(str(register)) if register else "date inconnue",
    }


def _csv(answer: Answer, _address: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(row[name]) for name in _COLUMNS] for row in answer.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _json(answer: Answer, address: str) -> bytes:
    return orjson.dumps(
        {
            "jeu": DATASET,
            "version": answer.dataset.version,
            "demande": answer.question.title,
            "avertissement": NOTICE,
            "requete": answer.question.statement().published(address),
            "par_severite": {str(key): count for key, count in answer.counts.items()},
            "signaux": list(answer.rows),
        },
        option=orjson.OPT_INDENT_2,
    )


NOTICE = (
    "Écart constaté entre deux sources publiques : le catalogue Mon Compte Formation et le "
    "répertoire de France compétences, aux dates de chaque ligne. Un écart n'établit pas un "
    "manquement."
)
_FILES: Mapping[str, tuple[str, Callable[[Answer, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "json": ("application/json; charset=utf-8", _json),
}


def _file(kind: str) -> Callable[[Request], Awaitable[Response]]:
    media_type, write = _FILES[kind]

    async def answer(request: Request) -> Response:
        question = read_question(request)
        if question is None:
            raise bad_request("Dire qui : certificateur=SIREN, ou certification=CODE.")
        async with requested_dataset(request, _asked_version(question)) as dataset:
            found = await _answer(request, dataset, question)
            content = write(found, parquet_address(root(request), dataset))
        response = file(content, media_type, pinned="version" in dict(question.query))
        response.headers.update(_NOINDEX)
        return response

    return answer


@lru_cache(maxsize=1)
def _environment() -> Environment:
    base = dashboard_pages()
    assert base.loader is not None  # noqa: S101 (it has templates)
    own = FileSystemLoader(Path(__file__).parent / "templates")
    made = base.overlay(loader=ChoiceLoader([own, base.loader]))
    made.filters = {**base.filters, "jour": _day}
    return made


def _day(value: Any) -> str:
    """A date as tables write it; a dash where there is none."""
    return f"{value:%d/%m/%Y}" if value else "–"


def _described(dataset: Dataset, column: str) -> str:
    field = dataset.field(column)
    return (field and field.description) or ""


def _render(name: str, **context: Any) -> Response:
    html = (
        _environment()
        .get_template(name)
        .render(
            css=stylesheet()[0],
            entries=portal_entries(),
            notice=site().avis,
            here="",
            path=PATH,
            **context,
        )
    )
    return HTMLResponse(
        hold_punctuation(html),
        headers={"Content-Security-Policy": policy(framed=False), **_NOINDEX},
    )
