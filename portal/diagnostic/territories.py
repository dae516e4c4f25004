"""The diagnosis as pages: where to begin, a training body's offer, the state of a territory."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orchestration.html import format_number
from portal.context import app_context
from portal.dashboards.answers import in_french
from portal.diagnostic.habilitations import (
    MOST,
    NOTICE,
    SEVERITIES,
    ask_dates,
    ask_signals,
    of_body,
)
from portal.diagnostic.habilitations import PATH as SIGNALS_PATH
from portal.diagnostic.shown_tables import (
    CAVEAT,
    DIAGNOSIS,
    OFFER,
    SIGNALS,
    Page,
    ShownTable,
    ask_table,
    refuse_unknown,
    respond,
    versions,
)
from portal.packages.dataset import Dataset

PATH = "/diagnostic"
LEVELS = {"nsf": "Domaines", "certification": "Certifications", "lignee": "Lignées",
          "formacode": "Formacodes", "ensemble": "Ensemble"}  # fmt: skip
_MOST = 500
_LAST = "(select max(annee) from {0} where mois_couverts > 0)"
_TERRITORIES = f"""
select territoire, nom_territoire, niveau_territoire, annee, formations, organismes, dossiers,
    demande_lue, achats_par_formation, achats_par_formation_reference, indice_tension,
    classe_tension, part_localisee, fiabilite, constat
from {{0}}
where niveau_nomenclature = 'ensemble' and annee = {_LAST}
order by niveau_territoire = 'departement', niveau_territoire = 'region',
    cast(territoire as varchar)
"""
_STATE = f"""
select code, libelle, formations, organismes, dossiers, demande_lue, achats_par_formation,
    achats_par_formation_reference, indice_tension, classe_tension, lecture, couverture,
    prix_moyen, prix_median, evolution_pourcentage, part_localisee, fiabilite, classable, constat
from {{0}}
where territoire = ? and annee = ? and niveau_nomenclature = ?
order by classable = 'oui' desc, case when classable = 'oui' then indice_tension end desc,
    dossiers desc, formations desc, cast(code as varchar)
limit {_MOST}
"""
_WHOLE = """
select * from {0} where territoire = ? and annee = ? and niveau_nomenclature = 'ensemble'
"""
_YEARS = "select distinct annee from {0} where territoire = ? order by annee desc"
# What a training body proposes, beside what is bought around it: by région, or remote.
_OFFER = f"""
with offre as (
    select
        type_referentiel || case type_referentiel when 'RS' then code_rs else code_rncp end as code,
        min(intitule_certification) as libelle,
        coalesce('REG-' || code_region, 'DISTANCE') as territoire,
        count(distinct numero_formation) as formations_de_l_organisme,
        cast(sum(nb_session_active) as bigint) as sessions_de_l_organisme,
        median(nullif(frais_ttc_tot_mean, 0)) as prix_affiche_de_l_organisme
    from {{1}}
    where starts_with(siret_of, ?) and type_referentiel in ('RS', 'RNCP')
    group by all
)

select offre.code, offre.libelle, offre.territoire, demande.nom_territoire,
    offre.formations_de_l_organisme, offre.sessions_de_l_organisme,
    offre.prix_affiche_de_l_organisme, demande.annee, demande.formations, demande.organismes,
    demande.dossiers, demande.demande_lue, demande.achats_par_formation,
    demande.achats_par_formation_reference, demande.indice_tension, demande.classe_tension,
    demande.prix_median, demande.prix_moyen,
    demande.part_localisee, demande.fiabilite, demande.constat
from offre
left join {{0}} as demande
    on offre.code = demande.code and offre.territoire = demande.territoire
    and demande.niveau_nomenclature = 'certification' and demande.annee = {_LAST}
order by demande.dossiers desc nulls last, offre.code, offre.territoire
limit {_MOST}
"""


def routes() -> list[Route]:
    """Return the routes; each page is a CSV and a JSON too."""
    return [
        *(Route(f"{PATH}{end}", in_french(_entry)) for end in ("", ".csv", ".json")),
        Route(f"{PATH}/territoires/{{code}}", in_french(_territory)),
    ]


async def _entry(request: Request) -> Response:
    body = re.sub(r"\s", "", request.query_params.get("siret", ""))
    if body:
        return await _body(request, body)
    async with versions(request, DIAGNOSIS) as datasets:
        table = await ask_table(request, _TERRITORIES, datasets)
        links = {x["territoire"]: f"{PATH}/territoires/{x['territoire']}" for x in table.rows}
        signals_path = SIGNALS_PATH if _is_served(request, SIGNALS) else ""
        told = {"mise_en_garde": CAVEAT}
        context = {"links": links, "body": "", "signals_path": signals_path}
        return respond(request, Page("diagnostic.html.j2", datasets, table, told, context))


async def _body(request: Request, body: str) -> Response:
    """Answer who enters a number: what it offers, the demand around it, its own signals."""
    question = of_body(body)
    signalled = _is_served(request, SIGNALS)
    names = (DIAGNOSIS, OFFER, *((SIGNALS,) if signalled else ()))
    async with versions(request, *names) as datasets:
        table = await ask_table(request, _OFFER, datasets, body)
        told: dict[str, Any] = {"phrase": _said_of(body, table), "mise_en_garde": CAVEAT}
        context: dict[str, Any] = {"body": body, "question": question, "signals": None}
        if signalled:
            signals = await ask_signals(request, question, datasets[-1])
            told["signaux"] = {"mise_en_garde": NOTICE, **signals.content(datasets[-1])}
            context |= {
                "signals": signals,
                "dates": await ask_dates(request, datasets[-1]),
                "severities": SEVERITIES,
                "most": MOST,
            }
        return respond(
            request, Page("organisme.html.j2", datasets, table, told, context, indexed=False)
        )


def _is_served(request: Request, name: str) -> bool:
    return any(dataset.id == name for dataset in app_context(request).catalog.datasets())


def _said_of(body: str, table: ShownTable) -> str:
    count = len({row["code"] for row in table.rows})
    if not count:
        return (
            f"Aucune formation de {body} dans le catalogue publié : ce n'est pas dire qu'il n'en a "
            "aucune."
        )
    return (
        f"L'organisme {body} propose {_counted(count, 'certification')} dans le catalogue publié. "
        "Chaque ligne est une certification dans une région, ou à distance."
    )


async def _territory(request: Request) -> Response:
    code = re.sub(r"\.(csv|json)$", "", request.path_params["code"])
    async with versions(request, DIAGNOSIS) as datasets:
        (dataset,) = datasets
        years = [row["annee"] for row in (await ask_table(request, _YEARS, datasets, code)).rows]
        if not years:
            raise refuse_unknown(code)
        level = request.query_params.get("niveau", "nsf")
        asked = request.query_params.get("annee", "")
        year = int(asked) if asked.isdigit() else await _last_year(request, dataset, years)
        if level not in LEVELS or year not in years:
            raise refuse_unknown(f"{code}, {asked or year}, {level}")
        [whole] = (await ask_table(request, _WHOLE, [dataset], code, year)).rows or [None]
        table = await ask_table(request, _STATE, [dataset], code, year, level)
        told = {"phrase": sentence(whole) if whole else "", "mise_en_garde": CAVEAT}
        context = {"code": code, "year": year, "years": years, "level": level, "levels": LEVELS,
                   "whole": whole, "most": _MOST}  # fmt: skip
        return respond(request, Page("territoire.html.j2", datasets, table, told, context))


async def _last_year(request: Request, dataset: Dataset, years: list[int]) -> int:
    last = await ask_table(request, f"select {_LAST} as annee", [dataset])
    return int(last.rows[0]["annee"] or years[0])


def sentence(row: Mapping[str, Any]) -> str:
    """Say a row of the diagnosis in words, its numbers as they are published."""
    place = f"En {row['nom_territoire']}" if row["territoire"].startswith("REG") else (
        f"{row['nom_territoire']} :")  # fmt: skip
    floor = "" if row["demande_lue"] == "totaux" else "au moins "
    ratio, reference = row["achats_par_formation"], row["achats_par_formation_reference"]
    parts = [
        f"{place}, {floor}{format_number(row['dossiers'])} achats en {row['annee']}".replace(
            " :,", " :"),
        f" pour {_number(row['formations'])} formations proposées par "
        f"{_number(row['organismes'])} organismes",
    ]  # fmt: skip
    if ratio is not None:
        parts.append(f" : {_number(ratio)} achats par formation")
        if reference is not None:
            parts.append(f", contre {_number(reference)} en France (hors distance)")
    parts.append(".")
    if row["classe_tension"]:
        parts.append(f" {row['classe_tension'][:1].upper()}{row['classe_tension'][1:]}.")
    if row["constat"]:
        parts.append(f" {row['constat'][:1].upper()}{row['constat'][1:]}.")
    parts.append(f" Fiabilité {row['fiabilite']}")
    if row["part_localisee"] is not None:
        share = _number(100 * row["part_localisee"])
        parts.append(f" : {share} % des achats sont localisés")
    if row["offre_hors_periode"] == "oui":
        parts.append(" ; l'offre est celle de la dernière version du catalogue, d'une autre année")
    return "".join(parts) + "."


def _number(value: Any) -> str:
    return format_number(round(float(value), 2)).removesuffix(",0")


def _counted(count: int, word: str) -> str:
    return f"{format_number(count)} {word}{'s' if count > 1 else ''}"
