{% from 'dossiers/' ~ court ~ '.sql' import situes with context -%}
{% set derivees = {
    "type_referentiel": "case when code_certification like 'RNCP%' then 'RNCP' when code_certification like 'RS%' then 'RS' else 'AUCUN' end",
    "certification_suivie": "if((code_certification, year(cohorte)) in (select code_certification, annee from certifications_nommees), code_certification, 'REGROUPE')",
    "situation": "if(csp = 'Demandeur d''emploi', csp, 'En emploi ou autre situation')"
} -%}
-- What totals count, dossier by dossier (`sens` 1), with the level of the row that tells it and what that row
-- says; what a row tells of a dossier that is no longer so (`sens` -1). Amounts in cents, hours in tenths.
with

{%- if en_partie %}

-- The certifications that the file names where it does not name all of them.
certifications_nommees as (

    select distinct
        code_certification,
        left(periode, 4)::integer as annee
    from totaux_du_fichier
    where tableau in ('{{ tableaux | selectattr("names_in_part") | map(attribute="nom") | join("', '") }}') and code_certification <> 'REGROUPE'

),
{%- endif %}

membres_dits as (

    select
        membres.num_ligne,
        membres.num_famille,
        if(membres.numero is null, -1, 1) as sens,
        membres.titulaire,
        membres.siren_of,
        membres.cohorte,
        membres.heures,
        membres.montant_engage,
        {% for montant in montants -%}
        membres.{{ montant }},
        {% endfor -%}
        membres.participation,
        {{ situes() }}

),

comptes as (

    select
        membres_dits.* exclude (num_ligne),
        nouvelles.niveau_diffusion as niveau,
        nouvelles.duree_moyenne is not null as duree_est_dite,
        nouvelles.montant_engage is not null as montant_est_dit,
        coalesce(nouvelles.montant_non_ventile = 0, false) as financeurs_sont_dits,
        nouvelles.montant_titulaire is not null as parts_sont_dites
    from membres_dits
    inner join nouvelles on membres_dits.num_ligne = nouvelles.num_ligne
    union all by name
    select
        1 as sens,
        membres.titulaire,
        membres.siren_of,
        membres.cohorte,
        membres.heures,
        membres.montant_engage,
        {% for montant in montants -%}
        membres.{{ montant }},
        {% endfor -%}
        membres.participation,
        null as niveau,
        false as duree_est_dite,
        false as montant_est_dit,
        false as financeurs_sont_dits,
        false as parts_sont_dites,
        {{ situes('restants') }}
    {%- if comptes_avant %}
    union all by name
    select
        num_famille,
        sens,
        titulaire,
        siren_of,
        cohorte,
        (10 * heures)::bigint as heures,
        {% for montant in ["montant_engage", "participation"] + montants -%}
        (100 * {{ montant }})::bigint as {{ montant }},
        {% endfor -%}
        niveau,
        duree_est_dite,
        montant_est_dit,
        financeurs_sont_dits,
        parts_sont_dites,
        {{ dimensions | join(', ') }}
    from {{ comptes_avant }}
    where cohorte not in (select cohorte from {{ tables.editions }})
    {%- endif %}

)

select
    *,
    {% for nom in tirees -%}
    {{ derivees[nom] }} as {{ nom }}{{ ',' if not loop.last }}
    {% endfor %}
from comptes
