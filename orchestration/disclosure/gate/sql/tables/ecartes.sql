-- The dossiers that either dataset counts, and whether both do.
select
    coalesce(large.titulaire, etroit.titulaire) as titulaire,
    large.id_dossier is not null and etroit.id_dossier is not null as est_commun,
    coalesce(large.montant_engage, etroit.montant_engage) as montant_engage,
    {% for montant in montants -%}
    coalesce(large.{{ montant }}, etroit.{{ montant }}) as {{ montant }},
    {% endfor -%}
    coalesce(
        large.montant_titulaire + large.montant_reste_a_charge,
        etroit.montant_titulaire + etroit.montant_reste_a_charge
    ) as montant_personne
from comptes_large as large
full join comptes_etroit as etroit on large.id_dossier = etroit.id_dossier
