{% from 'macros.sql' import etat, participation with context -%}
-- The dossiers of the purchases as they are today: by what the public columns mean.
select
    dossiers.numero,
    dossiers.id_dossier,
    dossiers.titulaire,
    date_trunc('month', dossiers.date_validation)::date as cohorte,
    dossiers.code_certification,
    dossiers.code_departement_lieu,
    dossiers.statut_dossier,
    modalites.libelle as modalite_presence,
    {{ etat("dossiers", "nombre_heures_h") }},
    {{ participation("dossiers") }} as participation
from {{ tables.dossiers }} as dossiers
inner join coffre.nomenclatures.modalites as modalites on dossiers.code_modalite = modalites.code
where {{ population }}
