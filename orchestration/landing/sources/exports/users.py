"""The export of users (``moncompteformation_usagers``): no name is known, all is by roles."""

from orchestration.landing.intake.codes import padded, without_sentinel
from orchestration.landing.sources.exports import financer_words as financers
from orchestration.landing.sources.exports import values
from orchestration.landing.sources.exports.definition import Export, Figure
from orchestration.landing.sources.exports.roles import Roles, first_of

NAME = "portail_usagers"
_FINANCERS = r"^(montants?|abondements?|financements?|reste)_"
# The first that holds; whole words, since « montant_engage » and « pourcentage » have an « age ».
_BEFORE = first_of(
    [
        ("date_chargement", r"^(date_chargement|date_extract)$"),
        (
            "nb_titulaires",
            r"^(nb|nbre|nombre)(_de|_d)?_(titulaires?|stagiaires?|usagers?|beneficiaires?)",
        ),
        ("nb_dossiers", r"^(nb|nbre|nombre)(_de|_d)?_(dossiers?|entrees?)|^entrees_formation$"),
        ("montant_engage", r"^montants?_(total_)?engages?$"),
        ("", _FINANCERS),
        ("trimestre_entree", r"(^|_)trimestre(_|$)|^date_(d_)?entree"),
        ("annee_entree", r"^annee(_|$)"),
        ("code_region_residence", r"^code_region"),
        ("code_departement_residence", r"^code_dep"),
        ("region_residence", r"(^|_)region(_|$)"),
        ("departement_residence", r"(^|_)(departement|dept|dep)(_|$)"),
        ("genre", r"^(genre|sexe|civilite)(_|$)"),
        ("tranche_age", r"(^|_)age(_|$)"),
        ("csp", r"(^|_)(csp|pcs)(_|$)|categorie_socio"),
        ("situation", r"(^|_)situation(_|$)"),
        ("statut", r"^(statut|etat)(_|$)"),
    ]
)
_ROLES = (
    *("trimestre_entree", "annee_entree", "code_region_residence", "region_residence"),
    *("code_departement_residence", "departement_residence", "genre", "tranche_age", "situation"),
    *("csp", "statut", "nb_dossiers", "nb_titulaires", "prix_moyen", "duree_moyenne"),
    *("montant_engage", "date_chargement"),
)


def _role(plain: str) -> str | None:
    role = _BEFORE(plain)
    return financers.column_of(plain) if role == "" else role


ROLES = Roles(
    names=dict.fromkeys(_ROLES, ()),
    patterns=_role,
    required=(
        ("trimestre_entree",),
        ("nb_dossiers",),
        (
            *("region_residence", "code_region_residence"),
            *("departement_residence", "code_departement_residence"),
            *("genre", "tranche_age", "situation", "csp"),
        ),
    ),
    also=financers.COLUMNS,
)

EXPORT = Export(
    source=NAME,
    dataset="usagers",
    roles=ROLES,
    period="trimestre_entree",
    period_pattern="[0-9]{4}-T[1-4]",
    figures=(
        Figure("nb_dossiers", whole=True),
        Figure("nb_titulaires", whole=True),
        Figure("prix_moyen"),
        Figure("duree_moyenne"),
        Figure("montant_engage"),
        *(Figure(name) for name in financers.COLUMNS),
    ),
    filled=("trimestre_entree",),
    repairs={
        "trimestre_entree": values.quarter("trimestre_entree", "annee_entree"),
        "region_residence": without_sentinel("region_residence"),
        "departement_residence": without_sentinel("departement_residence"),
        "code_region_residence": padded("code_region_residence", 2),
        "code_departement_residence": f"upper({padded('code_departement_residence', 2)})",
        "genre": values.gender("genre"),
        "tranche_age": values.age("tranche_age"),
        # One combined column or two: a job seeker is one in either.
        "csp": f"""
            case
                when {values.job_seeker("situation")} then 'Demandeur d''emploi'
                else coalesce({values.category("csp")}, {values.category("situation")})
            end
        """,
        "statut": values.closed("statut"),
    },
    places=("residence",),
    known={"csp": ("csp", "libelle"), "statut": ("statuts", "statut_usager")},
)
