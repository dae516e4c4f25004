-- The dossiers that one dataset counts and the other does not.
with

seuls as (

    select numero from comptes_large
    anti join comptes_etroit using (numero)
    union all
    select numero from comptes_etroit
    anti join comptes_large using (numero)

)

select
    titulaire,
    montant_engage,
    {% for montant in montants -%}
    {{ montant }},
    {% endfor -%}
    montant_titulaire + montant_reste_a_charge as montant_personne
from {{ tables.dossiers }}
semi join seuls using (numero)
