"""The EDOF catalogue: the offer in the bodies' XML (LHEO profile), in ISO-8859-1.

Belongs here: the document's elements, in the order of the publisher's schema, and the defects of
the real catalogues. Does not: what is offered (``offre``), addresses and contacts (``edof_lieux``).
Texts are assembled and written by blocks, so that memory does not grow with the offer.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from orchestration.generation import textes
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.edof_lieux import Hasard, adresse, coordonnees
from orchestration.generation.fichiers import remplace
from orchestration.generation.offre import Offre
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES

DEBUT = (
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    '<lheo xmlns="https://www.of.moncompteformation.gouv.fr">\n<offres>\n'
)
FIN = "</offres>\n</lheo>\n"
BLOC = 400  # trainings written at once, about 3 MB
JOURS_PASSES, JOURS_A_VENIR = 900, 500  # days around the catalogue's that its dates may take
DATE_IMPOSSIBLE = "20241350"
SUFFIXES = ("", "", "", " - Initiation", " - Perfectionnement", " & accompagnement", " (intensif)")


@dataclass(frozen=True)
class _Ecriture:
    """What the functions below share; ``dates`` are yyyymmdd, the catalogue's at JOURS_PASSES."""

    offre: Offre
    certifications: tuple[Certification, ...]
    organismes: tuple[Organisme, ...]
    hasard: Hasard
    textes: dict[str, list[textes.Textes]]
    dates: tuple[str, ...]


class _Parent(NamedTuple):
    """What an action takes from its training."""

    attributs: str
    organisme: Organisme
    heures: int


def ecrit(
    dossier: Path,
    jour: dt.date,
    offre: Offre,
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    graine: int,
) -> Path:
    """Write ``edof_catalogue_<jour>.xml`` and return its path."""
    alea = np.random.default_rng([graine, 6])
    dates = tuple(
        (jour + dt.timedelta(days=ecart)).strftime("%Y%m%d")
        for ecart in range(-JOURS_PASSES, JOURS_A_VENIR)
    )
    pool = textes.pool(alea)
    e = _Ecriture(offre, catalogue.certifications, organismes, Hasard(alea), pool, dates)
    chemin = dossier / f"edof_catalogue_{jour.isoformat()}.xml"
    with remplace(chemin) as provisoire, provisoire.open("wb") as fichier:
        for morceau in _morceaux(e):
            # What Latin-1 lacks becomes a reference (&#8217;), as in the bodies' own exports.
            fichier.write(morceau.encode("iso-8859-1", "xmlcharrefreplace"))
    return chemin


def _morceaux(e: _Ecriture) -> Iterator[str]:
    yield DEBUT
    bloc: list[str] = []
    for formation in range(len(e.offre.f_certification)):
        texte = _formation(e, formation)
        bloc += [texte, texte] if e.hasard.part() < RATES.doublon_formation else [texte]
        if len(bloc) >= BLOC:
            yield "".join(bloc)
            bloc.clear()
    yield "".join(bloc) + FIN


def _formation(e: _Ecriture, formation: int) -> str:
    certification = e.certifications[int(e.offre.f_certification[formation])]
    organisme = e.organismes[int(e.offre.f_organisme[formation])]
    creation, maj = e.dates[e.hasard.entier(700)], e.dates[700 + e.hasard.entier(200)]
    if e.hasard.part() < RATES.formation_rejetee:
        maj = DATE_IMPOSSIBLE
    attributs = f'datemaj="{maj}" datecrea="{creation}"'
    variantes = e.textes[certification.nsf]
    texte = variantes[e.hasard.entier(len(variantes))]
    numero = escape(e.offre.f_numero[formation])
    intitule = certification.intitule + SUFFIXES[e.hasard.entier(len(SUFFIXES))]
    parent = _Parent(attributs, organisme, int(e.offre.f_heures[formation]))
    actions = "".join(
        _action(e, f"{numero}-{rang}", parent, ligne, action)
        for rang, (ligne, action) in enumerate(_actions(e.offre, formation), start=1)
    )
    tabulation = "\t" if e.hasard.part() < RATES.tabulation else ""
    return (
        f'<formation numero="{numero}" {attributs}>\n'
        f"<intitule-formation>{escape(intitule[:255])}</intitule-formation>"
        f"<objectif-formation><![CDATA[{texte.objectif}]]></objectif-formation>"
        f"<resultats-attendus>{escape(texte.resultats)}</resultats-attendus>"
        f"<contenu-formation><![CDATA[{texte.contenu}]]></contenu-formation>"
        f"<parcours-de-formation>{1 + e.hasard.entier(4)}</parcours-de-formation>"
        f"<objectif-general-formation>{7 if certification.exception else 6}"
        "</objectif-general-formation>"
        f"<certification>{_code(e, certification)}</certification>\n{actions}"
        "<organisme-formation-responsable><SIRET-organisme-formation>"
        f"<SIRET>{tabulation}{organisme.siret}</SIRET>"
        "</SIRET-organisme-formation></organisme-formation-responsable>"
        f'<extras info="formation">{_extras_formation(e, certification)}</extras>\n</formation>\n'
    )


def _actions(offre: Offre, formation: int) -> Iterator[tuple[int, int]]:
    """(row, action) indices of a training."""
    for ligne in range(int(offre.debut_lignes[formation]), int(offre.debut_lignes[formation + 1])):
        for action in range(int(offre.debut_actions[ligne]), int(offre.debut_actions[ligne + 1])):
            yield ligne, action


def _code(e: _Ecriture, certification: Certification) -> str:
    code = certification.code
    nature = "CPF" if certification.exception else "RNCP" if certification.rncp else "RS"
    if not certification.exception and e.hasard.part() < RATES.certification_inconnue:
        code = f"{nature}{99000 + e.hasard.entier(900)}"
    return f"<code-{nature}>{code}</code-{nature}>"


def _extras_formation(e: _Ecriture, certification: Certification) -> str:
    resume = textes.POINTS_FORTS[e.hasard.entier(len(textes.POINTS_FORTS))]
    extras = f'<extra info="resume-contenu"><![CDATA[{resume}]]></extra>' if resume else ""
    if certification.rncp:
        blocs = "".join(
            f'<extra info="code-bloc">{certification.code}BC{rang:02d}</extra>'
            for rang in range(1, 2 + e.hasard.entier(3))
        )
        extras += f'<extras info="blocs-competences">{blocs}</extras>'
    return extras + '<extra info="blocs-modifiables">0</extra>'


def _action(e: _Ecriture, numero: str, parent: _Parent, ligne: int, action: int) -> str:
    lieu = adresse(e.hasard, parent.organisme, int(e.offre.l_departement[ligne]))
    permanente = e.hasard.part() < 0.45
    # An action has at least one session: closed when none is open.
    etats = "1" * int(e.offre.a_ouvertes[action]) + "2" * int(e.offre.a_fermees[action]) or "2"
    sessions = "".join(
        _session(e, f'numero="{numero}-S{rang}" {parent.attributs}', lieu, etat, permanente)
        for rang, etat in enumerate(etats, start=1)
    )
    url = "<url-action><urlweb>https://www.example.fr/formations</urlweb></url-action>"
    return (
        f'<action numero="{numero}" {parent.attributs}>'
        f"<niveau-entree-obligatoire>{e.hasard.entier(2)}</niveau-entree-obligatoire>"
        f"<modalites-enseignement>{e.offre.a_modalite[action]}</modalites-enseignement>"
        f"<lieu-de-formation>{coordonnees(e.hasard, lieu)}</lieu-de-formation>"
        f"<modalites-entrees-sorties>{int(permanente)}</modalites-entrees-sorties>"
        f"{url if e.hasard.part() < 0.4 else ''}\n{sessions}"
        f"<acces-handicapes>{e.hasard.entier(2)}</acces-handicapes>"
        "<langue-formation>FR</langue-formation>"
        f"<code-perimetre-recrutement>{e.hasard.entier(7)}</code-perimetre-recrutement>"
        f"{_heures(e, parent.heures)}"
        f'<extras info="action"><extra info="contact-information">{coordonnees(e.hasard)}</extra>'
        f'<extra info="code-gfe">{1 + e.hasard.entier(24)}</extra>'
        '<extra info="frais-certif-inclus-frais-anpec">1</extra>'
        f"{_frais(e, int(e.offre.a_prix[action]))}"
        '<extra info="existence-prerequis">0</extra></extras></action>\n'
    )


def _heures(e: _Ecriture, heures: int) -> str:
    """Hours: when not declared, half of the bodies write 0 and half leave the elements out."""
    if not heures and e.hasard.part() < 0.5:
        return ""
    entreprise = 35 if heures > 200 and e.hasard.part() < 0.5 else 0
    return (
        f"<nombre-heures-centre>{heures - entreprise}</nombre-heures-centre>"
        f"<nombre-heures-entreprise>{entreprise}</nombre-heures-entreprise>"
    )


def _frais(e: _Ecriture, centimes_ttc: int) -> str:
    """Price: a bit more than half of the bodies charge VAT."""
    taux = 20 if e.hasard.part() < 0.55 else 0
    centimes_ht = round(centimes_ttc * 100 / (100 + taux))
    return (
        f'<extras info="frais-pedagogiques"><extra info="taux-tva">{taux:.1f}</extra>'
        f'<extra info="frais-ht">{centimes_ht / 100:.2f}</extra>'
        f'<extra info="frais-ttc">{centimes_ttc / 100:.2f}</extra></extras>'
    )


def _session(e: _Ecriture, attributs: str, lieu: str, etat: str, permanente: bool) -> str:
    ouverte = etat == "1"
    debut = JOURS_PASSES + 5 + e.hasard.entier(300) if ouverte else 500 + e.hasard.entier(420)
    fin = min(debut + 1 + e.hasard.entier(180), len(e.dates) - 1)
    periode = f"<periode><debut>{e.dates[debut]}</debut><fin>{e.dates[fin]}</fin></periode>"
    contact = f'<extra info="contact-inscription">{coordonnees(e.hasard)}</extra>'
    return (
        f"<session {attributs}>{'' if permanente and ouverte else periode}"
        f"<adresse-inscription>{lieu}</adresse-inscription>"
        f"<etat-recrutement>{etat}</etat-recrutement>"
        f'<extras info="session">{contact if e.hasard.part() < 0.08 else ""}'
        f'<extra info="garantie">{e.hasard.entier(2)}</extra></extras></session>\n'
    )
