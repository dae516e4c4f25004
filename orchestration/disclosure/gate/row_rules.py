"""The rules on rows, recounted from dossiers: persons, amounts, nothing lost, nothing twice.

And whether rows and file say what was judged.
"""

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.findings import Evidence, Finding


def judge_rows(evidence: Evidence, dataset: Dataset) -> list[Finding]:
    """Judge rows, amounts and file. Needs the tables of ``microdata``, and ``fichier``."""
    return [
        *(evidence.judge(rule, text) for rule, text in _on_rows(dataset, evidence).items()),
        *(evidence.judge(rule, text) for rule, text in _on_amounts(dataset).items()),
        *(evidence.judge(rule, text) for rule, text in _on_fidelity(evidence).items()),
        *_file_finding(evidence),
    ]


def _on_rows(dataset: Dataset, evidence: Evidence) -> dict[str, str]:
    share = f"{evidence.names['dominance']:.0%}".replace("%", " %")
    return {
        "cellule_dans_une_ligne": "Chaque cellule fine est dans une ligne et une seule, avec tous "
        "ses dossiers",
        "personnes_par_ligne": f"Chaque ligne compte au moins {dataset.seuil} personnes distinctes",
        "comptes_fideles": "Les personnes, dossiers et euros d'une ligne sont ceux de ses dossiers",
        "personne_dominante": f"Personne ne fait {share} du montant d'une ligne",
        "rien_de_perdu": "Les lignes portent tous les dossiers et tous les euros, au centime",
        "personnes_par_ligne_publiee": f"Chaque ligne du fichier compte au moins {dataset.seuil} "
        "personnes",
        "cle_unique": "Deux lignes du fichier n'ont jamais la même clé",
        "somme_des_financeurs": "Dans le fichier, les montants par financeur font le montant "
        "engagé",
    }


def _on_amounts(dataset: Dataset) -> dict[str, str]:
    return {
        "montants_dits": "Chaque montant de financeur dit par une ligne a au moins "
        f"{dataset.seuil} contributeurs, et aucun n'en fait l'essentiel",
        "montants_ventiles": "Il en va de même de chaque montant dit par une ligne de ventilation",
        "montants_en_commun": "Un montant mis en commun n'est jamais seul de sa ligne s'il a trop "
        "peu de contributeurs : le reste le dirait",
        "montants_tus_en_entier": "Un montant de financeur est dit en entier ou mis en commun en "
        "entier",
    }


def _on_fidelity(evidence: Evidence) -> dict[str, str]:
    """Where a version follows another, its rows add up with those of before: they are compared with
    the registry (``tests/data/generic``).
    """
    if not evidence.names["est_premiere"]:
        return {}
    return {
        "lignes_fideles": "Chaque ligne diffusée dit de ses dossiers ce qui peut l'être, et le "
        "reste exactement",
        "ventilation_fidele": "Chaque ligne de ventilation redonne exactement ce que ses lignes "
        "mettent en commun",
    }


def _file_finding(evidence: Evidence) -> list[Finding]:
    """A finding only when it fails: that the file holds these rows is what all others suppose."""
    text = "Le fichier dit les lignes contrôlées, moyennes comprises, et rien d'autre"
    finding = evidence.judge("fichier_fidele", text)
    return [] if finding.success else [finding]
