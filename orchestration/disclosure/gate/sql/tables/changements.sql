{% from 'macros.sql' import etat with context -%}
-- From the provisional to the definitive edition: what changes in what each row tells of each person.
with

mouvements as (

    select
        avant.num_famille,
        avant.titulaire,
        -1 as sens,
        {{ etat('avant', 'heures') }}
    from {{ suivis_avant }} as avant
    semi join {{ tables.editions }} as editions on avant.cohorte = editions.cohorte
    union all by name
    select
        membres.num_famille,
        membres.titulaire,
        1 as sens,
        membres.heures,
        membres.montant_engage
    from membres
    semi join {{ tables.suites }} as suites on membres.num_famille = suites.num_famille

)

select *
from (
    select
        num_famille,
        titulaire,
        sum(sens)::bigint as nb_dossiers,
        bool_or(sens = 1)::integer - bool_or(sens = -1)::integer as nb_titulaires,
        coalesce(sum(sens * heures), 0)::bigint as heures,
        coalesce(sum(sens) filter (where heures is not null), 0)::bigint as nb_dossiers_avec_duree,
        sum(sens * montant_engage)::bigint as montant_engage
    from mouvements
    group by num_famille, titulaire
)
where
    false
    {%- for mesure in mesures_suivies %}
    or {{ mesure }} <> 0
    {%- endfor %}
