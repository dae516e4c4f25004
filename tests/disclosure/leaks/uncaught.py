"""Leaks that no rule of the gate refuses yet: each goes to the other tables once one does."""

from tests.disclosure.leaks.method import leak
from tests.factories.rendered_models import Edit
from tests.factories.small_datasets import USERS

KINDS = {
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
