-- The dossiers that either dataset counts, and whether both do.
select
    dossiers.titulaire,
    dossiers.montant_engage,
    dossiers.montant_titulaire + dossiers.montant_reste_a_charge as montant_personne,
    dossiers.montant_titulaire,
    dossiers.montant_reste_a_charge,
    dossiers.montant_employeur,
    dossiers.montant_france_travail,
    dossiers.montant_opco,
    dossiers.montant_region,
    dossiers.montant_agefiph,
    dossiers.montant_transitions_pro,
    dossiers.montant_autre,
    dossiers.montant_non_ventile,
    {{ large }} and {{ etroit }} as est_commun
from {{ tables.dossiers }} as dossiers
where {{ large }} or {{ etroit }}
