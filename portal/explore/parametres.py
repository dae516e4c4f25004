"""The parameters of a request, read as clients really send them.

Belongs here: names, types, limits, what is ignored. Does not: ODSQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from portal.anciennes.q import lire_q
from portal.catalogue.jeu import Jeu
from portal.erreurs import parametre_invalide
from portal.odsql.dates import fuseaux
from portal.odsql.plan import Demande

LANGUES = ("en", "fr", "nl", "pt", "it", "ar", "de", "es", "ca", "eu", "sv")
LANGUE = "fr"
LIMITE, LIMITE_GROUPES, LIMITE_SUITE = 100, 20_000, 10_000
PROFONDEUR = 10_000
DEFAUT = 10
_VRAI, _FAUX = {"true", "1", "yes"}, {"false", "0", "no", ""}
# Sent by clients everywhere, and without effect on what they read.
_PARTOUT = frozenset({"apikey", "access_token", "callback"})


@dataclass(frozen=True)
class Page:
    """Which rows of an answer: ``apres`` is the cursor of the last row that the client has."""

    limite: int | None
    decalage: int = 0
    apres: str | None = None


class Parametres:
    """Reads parameters and remembers which were looked at: the others are named in a header."""

    def __init__(self, query: QueryParams) -> None:
        self._query = query
        self._lus: set[str] = set(_PARTOUT)

    @classmethod
    def de(cls, request: Request) -> "Parametres":
        """Return the parameters of a request."""
        return cls(request.query_params)

    def texte(self, nom: str, defaut: str = "") -> str:
        """Return the last value of a parameter."""
        self._lus.add(nom)
        return self._query.get(nom, defaut)

    def textes(self, nom: str) -> tuple[str, ...]:
        """Return all the values of a parameter that may be repeated."""
        self._lus.add(nom)
        return tuple(self._query.getlist(nom))

    def noms(self) -> list[str]:
        """Return the names that were given."""
        return list(dict.fromkeys(self._query.keys()))

    def booleen(self, nom: str, *, defaut: bool = False) -> bool:
        """Return a boolean, in whatever case it is written. Raises ``ApiError``."""
        text = self.texte(nom, str(defaut)).strip().lower()
        if text in _VRAI:
            return True
        if text in _FAUX:
            return False
        raise parametre_invalide(
            f"Invalid value for {nom} API parameter: {text} was found but true or false is"
            " expected."
        )

    def entier(self, nom: str, defaut: int) -> int:
        """Return a whole number. Raises ``ApiError``."""
        text = self.texte(nom).strip()
        if not text:
            return defaut
        try:
            return int(text)
        except ValueError:
            raise parametre_invalide(
                f"Invalid value for {nom} API parameter: {text} was found but an integer is"
                " expected."
            ) from None

    def connus(self, noms: Iterable[str]) -> None:
        """Take note of parameters that may be given here without being read."""
        self._lus.update(noms)

    def ignores(self) -> list[str]:
        """Return the names that nobody looked at, in order."""
        return sorted(set(self._query.keys()) - self._lus)


def lire_demande(parametres: Parametres, jeu: Jeu) -> Demande:
    """Read the clauses and the reader's zone and language. Raises ``ApiError``."""
    older = parametres.texte("qv1").strip()
    return Demande(
        conditions=(lire_q(older, jeu),) if older else (),
        select=parametres.texte("select"),
        where=parametres.textes("where"),
        group_by=parametres.texte("group_by"),
        order_by=",".join(text for text in parametres.textes("order_by") if text.strip()),
        refine=parametres.textes("refine"),
        exclude=parametres.textes("exclude"),
        facettes=parametres.textes("facet"),
        fuseau=lire_fuseau(parametres),
        langue=lire_langue(parametres),
    )


def lire_fuseau(parametres: Parametres) -> str:
    """Return a time zone, UTC by default. Raises ``ApiError``."""
    name = parametres.texte("timezone").strip() or "UTC"
    if name.lower() in ("utc", "z", "gmt"):
        return "UTC"
    if name not in fuseaux():
        raise parametre_invalide(
            f"Invalid value for timezone API parameter: {name} was found but an identifier such as"
            " Europe/Paris is expected."
        )
    return name


def lire_langue(parametres: Parametres) -> str:
    """Return a language, the portal's when the one asked is not known."""
    asked = parametres.texte("lang").strip().lower()[:2]
    return asked if asked in LANGUES else LANGUE


def lire_page(parametres: Parametres, *, groupes: bool) -> Page:
    """Read limit, offset and after. Raises ``ApiError``."""
    after = next(iter(parametres.textes("after")), None)
    most = LIMITE_GROUPES if groupes else LIMITE if after is None else LIMITE_SUITE
    rows = parametres.texte("rows")
    limit = parametres.entier("limit", int(rows) if rows.isdecimal() else DEFAUT)
    if not -1 <= limit <= most:
        raise parametre_invalide(
            f"Invalid value for limit API parameter: {limit} was found but -1 <= limit <= {most}"
            " is expected."
        )
    limit = most if limit == -1 else limit
    offset = parametres.entier("offset", 0)
    if offset < 0:
        raise parametre_invalide(
            f"Invalid value for offset API parameter: {offset} was found but >= 0 is expected."
        )
    if not groupes and after is None and offset + limit > PROFONDEUR:
        raise parametre_invalide(
            f"Invalid value for sum of offset + limit API parameter: {offset + limit} was found"
            f" but <= {PROFONDEUR} is expected."
        )
    return Page(limit, offset, after)
