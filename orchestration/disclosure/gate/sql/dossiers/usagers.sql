{% from 'macros.sql' import etat, participation with context -%}
{#- The dossiers of the users as they are today: by what the public columns mean. -#}
{% macro actuels() -%}
select
    dossiers.numero,
    dossiers.id_dossier,
    dossiers.titulaire,
    date_trunc('quarter', dossiers.date_entree)::date as cohorte,
    dossiers.code_departement_residence,
    dossiers.code_genre,
    dossiers.tranche_age,
    coalesce(csp.libelle, 'Sans activité ou non renseignée') as csp,
    statuts.statut_usager as statut,
    {{ etat("dossiers", "nombre_heures_h") }},
    {{ participation("dossiers") }} as participation
from {{ tables.dossiers }} as dossiers
inner join coffre.nomenclatures.statuts as statuts using (statut_dossier)
left join coffre.nomenclatures.csp as csp
    on csp.code = if(dossiers.code_situation = 'DEMANDEUR_EMPLOI', 'DEMANDEUR_EMPLOI', dossiers.code_csp)
where dossiers.est_entre
{%- endmacro %}

{#- The public values of their columns (`membres`), and what they are joined to. -#}
{% macro situes(source='membres') -%}
    membres.csp,
    membres.statut,
    coalesce(membres.tranche_age, 'Non renseigné') as tranche_age,
    case membres.code_genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end as genre,
    membres.code_departement_residence,
    coalesce(departements.code_region, membres.code_departement_residence) as code_region_residence
from {{ source }} as membres
left join coffre.nomenclatures.departements as departements on membres.code_departement_residence = departements.code
{%- endmacro %}
