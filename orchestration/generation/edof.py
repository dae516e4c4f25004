"""The EDOF catalogue: the offer in the bodies' XML (LHEO profile), in ISO-8859-1.

Belongs here: the document's elements, in the order of the publisher's schema, and the defects of
the real catalogues. Does not: what is offered (``offre``). Texts are assembled and written by
blocks, so that memory does not grow with the offer.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from orchestration.generation import noms, reference, textes
from orchestration.generation.certifications import Catalogue, Certification
from orchestration.generation.fichiers import remplace
from orchestration.generation.offre import Offre
from orchestration.generation.organismes import Organisme, code_postal
from orchestration.generation.rates import RATES

DEBUT = (
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    '<lheo xmlns="https://www.of.moncompteformation.gouv.fr">\n<offres>\n'
)
FIN = "</offres>\n</lheo>\n"
BLOC = 400  # trainings written at once, about 2 MB
HASARDS = 4096  # length of the reused list of draws: odd steps through it never line up


@dataclass
class _Ecriture:
    """What the functions below share: the data, the day, and a cheap stream of draws in [0, 1)."""

    offre: Offre
    certifications: tuple[Certification, ...]
    organismes: tuple[Organisme, ...]
    jour: dt.date
    alea: np.random.Generator
    textes: dict[str, list[tuple[str, str, str]]]
    dates: list[str]
    rang: int = 0

    def __post_init__(self) -> None:
        """Draw the first stretch of the stream."""
        self.tirages: list[float] = []
        self._recharge()

    def _recharge(self) -> None:
        self.tirages = self.alea.random(HASARDS * 16).tolist()
        self.rang = 0

    def hasard(self) -> float:
        """Next draw."""
        if self.rang >= len(self.tirages):
            self._recharge()
        self.rang += 1
        return self.tirages[self.rang - 1]

    def entier(self, borne: int) -> int:
        """Next draw as an integer below ``borne``."""
        return int(self.hasard() * borne)


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
    # Days around the catalogue's: past ones for creations and updates, coming ones for sessions.
    dates = [(jour + dt.timedelta(days=ecart)).strftime("%Y%m%d") for ecart in range(-900, 400)]
    ecriture = _Ecriture(
        offre, catalogue.certifications, organismes, jour, alea, textes.pool(alea), dates
    )
    chemin = dossier / f"edof_catalogue_{jour.isoformat()}.xml"
    with remplace(chemin) as provisoire, provisoire.open("wb") as fichier:
        for morceau in _morceaux(ecriture):
            fichier.write(morceau.encode("iso-8859-1", "xmlcharrefreplace"))
    return chemin


def _morceaux(ecriture: _Ecriture) -> Iterator[str]:
    yield DEBUT
    bloc: list[str] = []
    for formation in range(len(ecriture.offre.f_certification)):
        texte = _formation(ecriture, formation)
        bloc.append(texte)
        if ecriture.hasard() < RATES.doublon_formation:
            bloc.append(texte)
        if len(bloc) >= BLOC:
            yield "".join(bloc)
            bloc.clear()
    yield "".join(bloc) + FIN


def _formation(e: _Ecriture, formation: int) -> str:
    certification = e.certifications[int(e.offre.f_certification[formation])]
    organisme = e.organismes[int(e.offre.f_organisme[formation])]
    creation, maj = e.dates[e.entier(700)], e.dates[700 + e.entier(200)]
    if e.hasard() < RATES.formation_rejetee:
        maj = "20241350"
    attributs = f'datemaj="{maj}" datecrea="{creation}"'
    variantes = e.textes.get(certification.nsf) or e.textes["310"]
    objectif, resultats, contenu = variantes[e.entier(len(variantes))]
    numero = escape(e.offre.f_numero[formation])
    actions = "".join(
        _action(e, f"{numero}-{rang}", organisme, ligne, action, attributs, formation)
        for rang, (ligne, action) in enumerate(_actions(e.offre, formation), start=1)
    )
    tabulation = "\t" if e.hasard() < RATES.tabulation else ""
    exception = certification.exception
    return (
        f'<formation numero="{numero}" {attributs}>\n'
        f"<intitule-formation>{_intitule(e, certification)}</intitule-formation>"
        f"<objectif-formation><![CDATA[{objectif}]]></objectif-formation>"
        f"<resultats-attendus>{escape(resultats)}</resultats-attendus>"
        f"<contenu-formation><![CDATA[{contenu}]]></contenu-formation>"
        f"<parcours-de-formation>{1 + e.entier(4)}</parcours-de-formation>"
        f"<objectif-general-formation>{7 if exception else 6}</objectif-general-formation>"
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


def _intitule(e: _Ecriture, certification: Certification) -> str:
    suffixes = ("", " - Initiation", " - Perfectionnement", " & accompagnement", " (intensif)", "")
    return escape((certification.intitule + suffixes[e.entier(6)])[:255])


def _code(e: _Ecriture, certification: Certification) -> str:
    code = certification.code
    nature = "RNCP" if code.startswith("RNCP") else "RS" if code.startswith("RS") else "CPF"
    if nature != "CPF" and e.hasard() < RATES.certification_inconnue:
        code = f"{nature}{99000 + e.entier(900)}"
    return f"<code-{nature}>{code}</code-{nature}>"


def _extras_formation(e: _Ecriture, certification: Certification) -> str:
    resumes = textes.points_forts()
    resume = resumes[e.entier(len(resumes))]
    extras = f'<extra info="resume-contenu"><![CDATA[{resume}]]></extra>' if resume else ""
    if certification.code.startswith("RNCP"):
        blocs = "".join(
            f'<extra info="code-bloc">{certification.code}BC{rang:02d}</extra>'
            for rang in range(1, 2 + e.entier(4))
        )
        extras += f'<extras info="blocs-competences">{blocs}</extras>'
    return extras + '<extra info="blocs-modifiables">0</extra>'


def _action(
    e: _Ecriture,
    numero: str,
    organisme: Organisme,
    ligne: int,
    action: int,
    attributs: str,
    formation: int,
) -> str:
    adresse = _adresse(e, organisme, int(e.offre.l_departement[ligne]))
    permanente = e.hasard() < 0.45
    sessions = "".join(
        _session(e, f"{numero}-S{rang}", adresse, attributs, ouverte, permanente)
        for rang, ouverte in enumerate(_etats(e.offre, action), start=1)
    )
    taux, ttc = (200, int(e.offre.a_prix[action])) if e.hasard() < 0.55 else (0, int(e.offre.a_prix[action]))
    ht = round(ttc * 1000 / (1000 + taux))
    heures = int(e.offre.f_heures[formation])
    return (
        f'<action numero="{numero}" {attributs}>'
        f"<niveau-entree-obligatoire>{e.entier(2)}</niveau-entree-obligatoire>"
        f"<modalites-enseignement>{e.offre.a_modalite[action]}</modalites-enseignement>"
        f"<lieu-de-formation>{_coordonnees(e, adresse)}</lieu-de-formation>"
        f"<modalites-entrees-sorties>{int(permanente)}</modalites-entrees-sorties>"
        f"<url-action><urlweb>https://www.example.fr/formations/{numero}</urlweb></url-action>\n"
        f"{sessions}"
        f"<acces-handicapes>{e.entier(2)}</acces-handicapes>"
        "<langue-formation>fr</langue-formation>"
        "<modalites-recrutement>Entretien &amp; test de positionnement</modalites-recrutement>"
        f"<code-perimetre-recrutement>{e.entier(7)}</code-perimetre-recrutement>"
        f"{_heures(e, heures)}"
        '<extras info="action">'
        f'<extra info="contact-information">{_coordonnees(e, "")}</extra>'
        '<extra info="info-admission">Sans condition particulière</extra>'
        f'<extra info="code-gfe">{1 + e.entier(24)}</extra>'
        '<extra info="frais-certif-inclus-frais-anpec">1</extra>'
        f'<extras info="frais-pedagogiques"><extra info="taux-tva">{taux / 10}</extra>'
        f'<extra info="frais-ht">{ht / 100:.2f}</extra>'
        f'<extra info="frais-ttc">{ttc / 100:.2f}</extra></extras>'
        '<extra info="existence-prerequis">0</extra></extras></action>\n'
    )


def _heures(e: _Ecriture, heures: int) -> str:
    """Hours: when not declared, half of the bodies write 0 and half leave the elements out."""
    if not heures and e.hasard() < 0.5:
        return ""
    entreprise = 35 if heures > 200 and e.hasard() < 0.5 else 0
    return (
        f"<nombre-heures-centre>{heures - entreprise}</nombre-heures-centre>"
        f"<nombre-heures-entreprise>{entreprise}</nombre-heures-entreprise>"
    )


def _etats(offre: Offre, action: int) -> list[bool]:
    """Sessions of an action: the open ones, then the closed; at least one, since the schema asks."""
    etats = [True] * int(offre.a_ouvertes[action]) + [False] * int(offre.a_fermees[action])
    return etats or [False]


def _session(
    e: _Ecriture, numero: str, adresse: str, attributs: str, ouverte: bool, permanente: bool
) -> str:
    debut = 905 + e.entier(300) if ouverte else 500 + e.entier(420)
    fin = min(debut + 1 + e.entier(180), len(e.dates) - 1)
    periode = (
        ""
        if permanente and ouverte
        else f"<periode><debut>{e.dates[debut]}</debut><fin>{e.dates[fin]}</fin></periode>"
    )
    contact = (
        f'<extra info="contact-inscription">{_coordonnees(e, "")}</extra>'
        if e.hasard() < 0.15
        else ""
    )
    return (
        f'<session numero="{numero}" {attributs}>{periode}'
        f"<adresse-inscription>{adresse}</adresse-inscription>"
        f"<etat-recrutement>{1 if ouverte else 2}</etat-recrutement>"
        f'<extras info="session">{contact}<extra info="garantie">{e.entier(2)}</extra>'
        "</extras></session>\n"
    )


def _adresse(e: _Ecriture, organisme: Organisme, departement: int) -> str:
    """Address of a place; a remote training gives the body's own."""
    if departement < 0:
        lieu, postal = organisme.departement, organisme.code_postal
    else:
        lieu = reference.departements()[departement]
        postal = code_postal(lieu, e.entier(60))
    return (
        f'<adresse numero="1"><ligne>{escape(organisme.denomination[:50])}</ligne>'
        f"<codepostal>{postal}</codepostal><ville>{lieu.chef_lieu.upper()}</ville>"
        f'<extras info="adresse"><extra info="libelle-voie">{noms.VOIES[e.entier(16)]}</extra>'
        '<extra info="conformite-reglementaire">1</extra></extras></adresse>'
    )


def _coordonnees(e: _Ecriture, adresse: str) -> str:
    """Invented contact person: these elements must never go further than the raw extract."""
    nom = noms.NOMS[e.entier(len(noms.NOMS))]
    prenom = noms.PRENOMS[e.entier(len(noms.PRENOMS))]
    numero = e.entier(10_000)
    return (
        f'<coordonnees numero="{numero}"><nom>{nom}</nom><prenom>{prenom}</prenom>{adresse}'
        f"<telfixe><numtel>019900{numero:04d}</numtel></telfixe>"
        f"<courriel>contact{numero}@example.fr</courriel></coordonnees>"
    )
