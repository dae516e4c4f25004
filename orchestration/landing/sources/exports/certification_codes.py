"""The codes of a certification, as every export gives them."""

from orchestration.landing.intake.codes import register_code, whole, without_sentinel

CERTIFICATION: dict[str, tuple[str, ...]] = {
    "type_referentiel": ("rsrncp",),
    "code_rs": ("code_inventaire",),
    "code_rncp": (),
    "code_certifinfo": ("code_certif_info",),
    "intitule_certification": ("libelle_certification",),
}


def certification_repairs() -> dict[str, str]:
    """SQL of each code, -1 where there is none, and of the title, null where there is none."""
    return {
        "type_referentiel": f"upper({without_sentinel('type_referentiel')})",
        "code_rs": register_code("code_rs", "RS"),
        "code_rncp": register_code("code_rncp", "RNCP"),
        "code_certifinfo": f"coalesce({whole('code_certifinfo')}, '-1')",
        "intitule_certification": without_sentinel("intitule_certification"),
    }
