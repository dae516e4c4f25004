{% from 'dossiers/' ~ court ~ '.sql' import situes with context -%}
{% set derivees = {
    "type_referentiel": "case when code_certification like 'RNCP%' then 'RNCP' when code_certification like 'RS%' then 'RS' else 'AUCUN' end",
    "situation": "if(csp = 'Demandeur d''emploi', csp, 'En emploi ou autre situation')"
} -%}
-- What totals count (`sens` 1) and what rows tell of it (`sens` -1, with their level): dossier by dossier, by
-- the public values of their columns. Amounts in cents, hours in tenths.
with

signes as (

    select
        1 as sens,
        null::integer as niveau,
        true as duree_est_dite,
        true as montant_est_dit,
        membres.titulaire,
        membres.siren_of,
        membres.cohorte,
        membres.heures,
        membres.montant_engage,
        {{ situes('presents') }}
    union all by name
    select
        -1 as sens,
        nouvelles.niveau_diffusion as niveau,
        nouvelles.duree_moyenne is not null as duree_est_dite,
        nouvelles.montant_engage is not null as montant_est_dit,
        places.*
    from (
        select
            membres.num_ligne,
            membres.titulaire,
            membres.siren_of,
            membres.cohorte,
            membres.heures,
            membres.montant_engage,
            {{ situes() }}
    ) as places
    inner join nouvelles on places.num_ligne = nouvelles.num_ligne
    {%- if comptes_avant %}
    union all by name
    select
        sens.sens,
        niveau,
        duree_est_dite,
        montant_est_dit,
        titulaire,
        siren_of,
        cohorte,
        (10 * heures)::bigint as heures,
        (100 * montant_engage)::bigint as montant_engage,
        {{ dimensions | join(', ') }}
    from {{ comptes_avant }} as avant
    cross join (values (1), (-1)) as sens (sens)
    where
        cohorte not in (select cohorte from {{ tables.editions }})
        and (sens.sens = avant.sens or (sens.sens = -1 and avant.niveau is not null and avant.sens = 1))
    {%- endif %}

)

select
    * exclude (num_ligne),
    {% for nom in tirees -%}
    {{ derivees[nom] }} as {{ nom }}{{ ',' if not loop.last }}
    {% endfor %}
from signes
