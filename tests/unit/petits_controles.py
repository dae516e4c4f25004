"""Controls of small candidates: making one, and reading what its report says."""

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat, preparer
from orchestration.publication.publier import Publication, publier
from orchestration.quality.rapport import Rapport
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import sans_registre
from tests.unit.petits_jeux import Ligne

CANARI = "Zéphirine Canari"


def candidat_avec(jeu: Jeu, *rows: Ligne) -> Candidat:
    """Export the sound rows and these."""
    petit_etat.construire_mart(jeu, [*petits_jeux.lignes(jeu.nom), *rows])
    return preparer(jeu)


def publier_sans_controle(jeu: Jeu, rows: list[Ligne]) -> Publication:
    """Publish these rows, on a report made by hand: something to compare the next ones with."""
    jeu = sans_registre(jeu)
    petit_etat.construire_mart(jeu, rows)
    candidat = preparer(jeu)
    return publier(jeu, candidat, rapports.rapport(jeu, candidat))


def echecs(rapport: Rapport) -> list[str]:
    """Rules that failed."""
    return [item.regle for item in rapport.echecs]


def publique(rapport: Rapport) -> str:
    """Return all that the report's files say."""
    folder = settings.candidats(rapport.jeu)
    return "".join((folder / f"qualite.{kind}").read_text("utf-8") for kind in ("json", "html"))
