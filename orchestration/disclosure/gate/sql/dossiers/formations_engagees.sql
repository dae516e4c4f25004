{% from 'macros.sql' import etat, participation with context -%}
{#- The dossiers of the purchases as they are today: by what the public columns mean. -#}
{% macro actuels() -%}
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
{%- endmacro %}

{#- The public values of their columns (`membres`), and what they are joined to. -#}
{% macro situes(source='membres') -%}
    membres.statut_dossier,
    membres.modalite_presence,
    membres.code_departement_lieu as code_departement_lieu_formation,
    coalesce(departements.code_region, membres.code_departement_lieu) as code_region_lieu_formation,
    membres.code_certification,
    coalesce(certifications.code_nsf_1, 'NR') as code_nsf
from {{ source }} as membres
left join coffre.nomenclatures.departements as departements on membres.code_departement_lieu = departements.code
left join coffre.intermediate.int_certifications__enrichies as certifications
    on membres.code_certification = certifications.code_certification
{%- endmacro %}
