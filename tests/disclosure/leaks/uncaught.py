"""Leaks that no rule of the gate refuses yet: each goes to the other tables once one does."""

from tests.disclosure.leaks.method import SECOND, leak, step
from tests.factories.rendered_models import Edit
from tests.factories.small_datasets import PURCHASES, USERS

KINDS = {
    # The gate takes from the models which cohorts follow a provisional edition.
    "a definitive cohort is divided anew": leak(
        "unions_entre_editions",
        step(
            "editions",
            "{{ 'publiees.cohorte is not null' if lignes else 'false' }} as est_suivie",
            "false as est_suivie",
        ),
        version=SECOND,
    ),
    "a provisional cohort is published again": leak(
        "lignes_figees unions_entre_editions",
        step(
            "editions",
            "publiees.cohorte is null or (",
            "publiees.cohorte is null or dues.edition = 'provisoire' or (",
        ),
        version=SECOND,
        datasets=(PURCHASES,),
    ),
    # Columns that others imply are not compared with the rows of the vault.
    "the file tells a situation that its row does not": leak(
        "fichier_fidele",
        Edit(
            "models/marts/moncompteformation_usagers/moncompteformation_usagers.sql",
            "when 'REGROUPE' then 'REGROUPE'",
            "when 'REGROUPE' then (select min(etats.csp) from {{ ref('int_usagers__etats') }}"
            " as etats where etats.num_famille = diffusion.num_ligne)",
        ),
        datasets=(USERS,),
    ),
}
