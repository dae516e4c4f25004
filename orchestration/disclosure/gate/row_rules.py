"""The rules on rows, recounted from dossiers: persons, amounts, nothing lost, nothing twice.

And, where a version follows another, on what changes between the two.
"""

from orchestration.datasets import Dataset, variables
from orchestration.disclosure.gate.findings import Evidence
from orchestration.disclosure.gate.outcomes import Finding

_OF_AMOUNTS = {
    "somme_des_financeurs": "Dans le fichier, les montants par financeur font le montant engagé"
}
_OF_STATUSES = {
    "statuts_unanimes": "Aucune ligne ne dit un statut sensible que partagent tous ceux qui "
    "partagent le reste"
}


def judge_rows(evidence: Evidence, dataset: Dataset) -> list[Finding]:
    """Judge rows, amounts and file. Needs the tables of ``microdata``, and ``fichier``."""
    rules = {
        **_on_file(dataset),
        **_on_rows(dataset),
        **(_on_amounts(evidence, dataset) if not dataset.counters else {}),
        **_between_versions(evidence, dataset),
    }
    findings = [evidence.judge(rule, text) for rule, text in rules.items()]
    return [*findings, *(_on_counters(evidence, dataset) if dataset.counters else [])]


def _on_file(dataset: Dataset) -> dict[str, str]:
    return {
        "fichier_fidele": "Le fichier dit les lignes contrôlées, et rien d'autre",
        "colonnes_impliquees": "Une colonne qui accompagne les autres n'en dit pas plus qu'elles",
        "cle_unique": "Deux lignes du fichier n'ont jamais la même clé",
        "personnes_par_ligne_publiee": f"Chaque ligne du fichier compte au moins {dataset.seuil} "
        "personnes",
        **({} if dataset.counters else _OF_AMOUNTS),
        "editions_a_leur_date": "Chaque période a une édition, à sa date, qui ne dit que ce "
        "qu'elle peut",
    }


def _on_rows(dataset: Dataset) -> dict[str, str]:
    return {
        "rien_de_perdu": "Chaque dossier d'une période nouvelle est dans une ligne et une seule",
        "dossiers_a_leur_place": "Chaque ligne dit de ses dossiers ce qu'ils sont",
        "personnes_par_ligne": f"Chaque ligne compte au moins {dataset.seuil} personnes distinctes",
        "comptes_fideles": "Les personnes, dossiers, moyennes et euros d'une ligne sont ceux de "
        "ses dossiers",
        **({} if dataset.counters else _OF_STATUSES),
    }


def _on_counters(evidence: Evidence, dataset: Dataset) -> list[Finding]:
    rules = variables()["diffusion"][dataset.nom]
    sensitive = rules["sensible"]
    return [
        evidence.judge(
            "sorties_unanimes",
            f"Une ligne ne dit {sensitive['compteur']} que si au moins {dataset.seuil} personnes, "
            f"qui partagent le reste, sont dans {sensitive['temoin']}",
            sensible=sensitive["compteur"],
            temoin=sensitive["temoin"],
            avance=dataset.counters.index(sensitive["temoin"])
            - dataset.counters.index(sensitive["compteur"]),
        ),
        evidence.judge(
            "etablissements_des_sorties",
            "Une sortie n'est dite d'un établissement que si son organisme n'en a pas d'autre",
        ),
        evidence.judge(
            "restes_des_compteurs",
            "Ce qu'un compteur laisse d'un autre, ou des achats, par certification ou organisme, "
            f"est de 0 ou d'au moins {dataset.seuil} dossiers",
            restes=rules["restes"],
        ),
    ]


def _on_amounts(evidence: Evidence, dataset: Dataset) -> dict[str, str]:
    share = f"{evidence.names['dominance']:.0%}".replace("%", " %")
    return {
        "montants_dits": f"Chaque montant dit a au moins {dataset.seuil} contributeurs, et aucun "
        f"n'en fait {share}",
        "durees_dites": "Il en va de même de chaque durée moyenne",
        "organismes_par_montant": "Chaque montant dit est celui d'au moins "
        f"{evidence.names['organismes_minimum']} organismes, et aucun n'en fait {share}",
        "non_contributeurs": "Avoir un financeur sensible n'est dit que si assez de personnes ne "
        "l'ont pas",
        "participation_connue": "Une fois ôtée la participation que chacun connaît, le reste à "
        "charge ne désigne personne",
        "montants_en_commun": "Ce qu'une ligne met en commun a assez de contributeurs, et n'est "
        "pas d'un seul financeur qu'elle tait",
    }


def _between_versions(evidence: Evidence, dataset: Dataset) -> dict[str, str]:
    rules = {}
    if evidence.names["precedent"]:
        rules["lignes_figees"] = "Une période qui n'est pas rééditée dit ce qu'elle disait"
    if evidence.names["lignes_avant"]:
        rules["reeditions"] = "Une période déjà publiée ne l'est encore que pour devenir définitive"
    if evidence.names["suivis_avant"] and evidence.value("periodes_suivies"):
        rules |= {
            "unions_entre_editions": "Ce qui change d'une édition à l'autre, dans toute somme de "
            "lignes qui gardent les mêmes colonnes, n'est à personne ou est à au moins "
            f"{dataset.seuil} personnes",
            "familles_en_entier": "Une ligne dont le montant ou la durée étaient dits est redite "
            "en entier, ou tue",
            "mises_a_jour": "Une ligne ne se dit mise à jour que si assez de personnes ont changé",
            "lignes_muettes": "Une ligne ne tait ce qu'elle disait que si assez de personnes l'ont "
            "changé",
        }
    return rules
