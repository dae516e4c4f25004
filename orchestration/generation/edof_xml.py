"""The EDOF catalogue: the offer in the bodies' XML (LHEO profile), in ISO-8859-1.

Elements are in the order of the publisher's schema, with the defects of the real catalogues. Texts
are assembled and written by blocks, so that memory does not grow with the offer.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from orchestration.files import atomic_write
from orchestration.generation.edof_contents import (
    STRONG_POINTS,
    RandomStream,
    TrainingTexts,
    address,
    contact_person,
    draw_texts,
)
from orchestration.generation.invented_certifications import Catalog, Certification
from orchestration.generation.offer import Offer
from orchestration.generation.rates import RATES
from orchestration.generation.register_tables import FORMER_END, former_codes
from orchestration.generation.training_bodies import TrainingBody

DOCUMENT_START = (
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    '<lheo xmlns="https://www.of.moncompteformation.gouv.fr">\n<offres>\n'
)
DOCUMENT_END = "</offres>\n</lheo>\n"
CHUNK = 400  # trainings written at once, about 3 MB
DAYS_BACK, DAYS_AHEAD = 900, 500  # days around the catalogue's that its dates may take
IMPOSSIBLE_DATE = "20241350"
FORMER_EVERY = 50  # trainings, of which one bears the code that its certification replaced
SUFFIXES = ("", "", "", " - Initiation", " - Perfectionnement", " & accompagnement", " (intensif)")


@dataclass(frozen=True)
class _Context:
    """What the functions below share; ``dates`` are yyyymmdd, the catalogue's at DAYS_BACK.

    ``former``: by code, the one that has ended and that a training may still bear.
    """

    offer: Offer
    certifications: tuple[Certification, ...]
    bodies: tuple[TrainingBody, ...]
    stream: RandomStream
    texts: dict[str, list[TrainingTexts]]
    dates: tuple[str, ...]
    former: dict[str, str]


class _Parent(NamedTuple):
    """What an action takes from its training."""

    attributes: str
    body: TrainingBody
    hours: int


def write(
    folder: Path,
    day: dt.date,
    offer: Offer,
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    seed: int,
) -> Path:
    """Write ``edof_catalogue_<day>.xml`` and return its path."""
    rng = np.random.default_rng([seed, 6])
    dates = tuple(
        (day + dt.timedelta(days=day_offset)).strftime("%Y%m%d")
        for day_offset in range(-DAYS_BACK, DAYS_AHEAD)
    )
    texts = draw_texts(rng)
    former = former_codes(catalog, seed) if day > FORMER_END else {}
    context = _Context(
        offer, catalog.certifications, bodies, RandomStream(rng), texts, dates, former
    )
    path = folder / f"edof_catalogue_{day.isoformat()}.xml"
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        for piece in _pieces(context):
            # What Latin-1 lacks becomes a reference (&#8217;), as in the bodies' own exports.
            file.write(piece.encode("iso-8859-1", "xmlcharrefreplace"))
    return path


def _pieces(context: _Context) -> Iterator[str]:
    yield DOCUMENT_START
    block: list[str] = []
    for formation in range(len(context.offer.f_certification)):
        text = _formation(context, formation)
        block += [text, text] if context.stream.part() < RATES.doublon_formation else [text]
        if len(block) >= CHUNK:
            yield "".join(block)
            block.clear()
    yield "".join(block) + DOCUMENT_END


def _formation(context: _Context, formation: int) -> str:
    certification = context.certifications[int(context.offer.f_certification[formation])]
    body = context.bodies[int(context.offer.f_body[formation])]
    creation, updated = (
        context.dates[context.stream.integer(700)],
        context.dates[700 + context.stream.integer(200)],
    )
    if context.stream.part() < RATES.formation_rejetee:
        updated = IMPOSSIBLE_DATE
    attributes = f'datemaj="{updated}" datecrea="{creation}"'
    variants = context.texts[certification.nsf]
    text = variants[context.stream.integer(len(variants))]
    number = escape(context.offer.f_numbers[formation])
    intitule = certification.intitule + SUFFIXES[context.stream.integer(len(SUFFIXES))]
    parent = _Parent(attributes, body, int(context.offer.f_hours[formation]))
    actions = "".join(
        _action(context, f"{number}-{rank}", parent, row, action)
        for rank, (row, action) in enumerate(_actions(context.offer, formation), start=1)
    )
    tabulation = "\t" if context.stream.part() < RATES.tabulation else ""
    return (
        f'<formation numero="{number}" {attributes}>\n'
        f"<intitule-formation>{escape(intitule[:255])}</intitule-formation>"
        f"<objectif-formation><![CDATA[{text.objective}]]></objectif-formation>"
        f"<resultats-attendus>{escape(text.resultats)}</resultats-attendus>"
        f"<contenu-formation><![CDATA[{text.content}]]></contenu-formation>"
        f"<parcours-de-formation>{1 + context.stream.integer(4)}</parcours-de-formation>"
        f"<objectif-general-formation>{7 if certification.exception else 6}"
        "</objectif-general-formation>"
        f"<certification>{_code(context, certification, formation)}</certification>\n{actions}"
        "<organisme-formation-responsable><SIRET-organisme-formation>"
        f"<SIRET>{tabulation}{body.sirets[formation % len(body.sirets)]}</SIRET>"
        "</SIRET-organisme-formation></organisme-formation-responsable>"
        f'<extras info="formation">{_formation_extras(context, certification)}</extras>\n'
        "</formation>\n"
    )


def _actions(offer: Offer, formation: int) -> Iterator[tuple[int, int]]:
    """(row, action) indices of a training."""
    for row in range(int(offer.row_offsets[formation]), int(offer.row_offsets[formation + 1])):
        for action in range(int(offer.action_offsets[row]), int(offer.action_offsets[row + 1])):
            yield row, action


def _code(context: _Context, certification: Certification, formation: int) -> str:
    code = certification.code
    if formation % FORMER_EVERY == 0:
        code = context.former.get(code, code)
    nature = "CPF" if certification.exception else "RNCP" if certification.rncp else "RS"
    if not certification.exception and context.stream.part() < RATES.certification_inconnue:
        code = f"{nature}{99000 + context.stream.integer(900)}"
    return f"<code-{nature}>{code}</code-{nature}>"


def _formation_extras(context: _Context, certification: Certification) -> str:
    key_points = STRONG_POINTS[context.stream.integer(len(STRONG_POINTS))]
    extras = f'<extra info="resume-contenu"><![CDATA[{key_points}]]></extra>' if key_points else ""
    if certification.rncp:
        blocks = "".join(
            f'<extra info="code-bloc">{certification.code}BC{rank:02d}</extra>'
            for rank in range(1, 2 + context.stream.integer(3))
        )
        extras += f'<extras info="blocs-competences">{blocks}</extras>'
    return extras + '<extra info="blocs-modifiables">0</extra>'


def _action(context: _Context, number: str, parent: _Parent, row: int, action: int) -> str:
    place = address(context.stream, parent.body, int(context.offer.l_departement[row]))
    rolling = context.stream.part() < 0.45
    # An action has at least one session: closed when none is open.
    states = (
        "1" * int(context.offer.a_open[action]) + "2" * int(context.offer.a_closed[action]) or "2"
    )
    sessions = "".join(
        _session(context, f'numero="{number}-S{rank}" {parent.attributes}', place, state, rolling)
        for rank, state in enumerate(states, start=1)
    )
    url = "<url-action><urlweb>https://www.example.fr/formations</urlweb></url-action>"
    return (
        f'<action numero="{number}" {parent.attributes}>'
        f"<niveau-entree-obligatoire>{context.stream.integer(2)}</niveau-entree-obligatoire>"
        f"<modalites-enseignement>{context.offer.a_mode[action]}</modalites-enseignement>"
        f"<lieu-de-formation>{contact_person(context.stream, place)}</lieu-de-formation>"
        f"<modalites-entrees-sorties>{int(rolling)}</modalites-entrees-sorties>"
        f"{url if context.stream.part() < 0.4 else ''}\n{sessions}"
        f"<acces-handicapes>{context.stream.integer(2)}</acces-handicapes>"
        "<langue-formation>FR</langue-formation>"
        f"<code-perimetre-recrutement>{context.stream.integer(7)}</code-perimetre-recrutement>"
        f"{_hours(context, parent.hours)}"
        '<extras info="action">'
        f'<extra info="contact-information">{contact_person(context.stream)}</extra>'
        f'<extra info="code-gfe">{1 + context.stream.integer(24)}</extra>'
        '<extra info="frais-certif-inclus-frais-anpec">1</extra>'
        f"{_fees(context, int(context.offer.a_prices[action]))}"
        '<extra info="existence-prerequis">0</extra></extras></action>\n'
    )


def _hours(context: _Context, hours: int) -> str:
    """Hours: when not declared, half of the bodies write 0 and half leave the elements out."""
    if not hours and context.stream.part() < 0.5:
        return ""
    company_hours = 35 if hours > 200 and context.stream.part() < 0.5 else 0
    return (
        f"<nombre-heures-centre>{hours - company_hours}</nombre-heures-centre>"
        f"<nombre-heures-entreprise>{company_hours}</nombre-heures-entreprise>"
    )


def _fees(context: _Context, cents_incl_tax: int) -> str:
    """Price: a bit more than half of the bodies charge VAT."""
    rate = 20 if context.stream.part() < 0.55 else 0
    cents_excl_tax = round(cents_incl_tax * 100 / (100 + rate))
    return (
        f'<extras info="frais-pedagogiques"><extra info="taux-tva">{rate:.1f}</extra>'
        f'<extra info="frais-ht">{cents_excl_tax / 100:.2f}</extra>'
        f'<extra info="frais-ttc">{cents_incl_tax / 100:.2f}</extra></extras>'
    )


def _session(context: _Context, attributes: str, place: str, state: str, rolling: bool) -> str:
    is_open = state == "1"
    start = (
        DAYS_BACK + 5 + context.stream.integer(300)
        if is_open
        else 500 + context.stream.integer(420)
    )
    end = min(start + 1 + context.stream.integer(180), len(context.dates) - 1)
    period = (
        f"<periode><debut>{context.dates[start]}</debut><fin>{context.dates[end]}</fin></periode>"
    )
    contact = f'<extra info="contact-inscription">{contact_person(context.stream)}</extra>'
    return (
        f"<session {attributes}>{'' if rolling and is_open else period}"
        f"<adresse-inscription>{place}</adresse-inscription>"
        f"<etat-recrutement>{state}</etat-recrutement>"
        f'<extras info="session">{contact if context.stream.part() < 0.08 else ""}'
        f'<extra info="garantie">{context.stream.integer(2)}</extra></extras></session>\n'
    )
