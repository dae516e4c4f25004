{% set pas = {"mois": ("month", 1), "trimestre": ("quarter", 3), "annee": ("year", 12)} -%}
-- When totals are told, by cohort and period that holds it: a period that has ended, none of its cohorts being
-- definitive; the same once all are; all of them where no version is followed. `se_dit`: by this version; `est_en_vue`: so is it,
-- or one that holds it; `depuis`: the day when the widest of these was told before.
with

cohortes as (

    select
        cohorte,
        (select max(date_extraction)::date + 1 from {{ tables.depots }} where source = 'dossiers') as jour
    from (select distinct cohorte from comptes_totaux)

),

periodes as (

    {%- for grain in tableaux | map(attribute="grain") | unique %}
    select
        cohorte,
        jour,
        '{{ grain }}' as grain,
        {{ pas[grain][1] }} as mois,
        date_trunc('{{ pas[grain][0] }}', cohorte)::date as debut,
        debut + to_months(mois) as fin
    from cohortes
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

dites as (

    select
        periodes.*,
        {{ "avant.dite_le" if suit else "null::date" }} as dite_le,
        fin + to_months({{ mois_avant_definitif }}) <= jour as est_definitive,
        fin <= jour and debut + to_months({{ mois_de_cohorte + mois_avant_definitif }}) > jour as est_entiere,
        fin + to_months({{ mois_avant_definitif }}) <= dite_le + 1 as etait_definitive,
        fin <= dite_le + 1 and debut + to_months({{ mois_de_cohorte + mois_avant_definitif }}) > dite_le + 1 as etait_entiere
    from periodes
    {%- if suit %}
    left join (
        select grain, debut, max(dite_le) as dite_le from {{ totaux_avant }} group by grain, debut
    ) as avant using (grain, debut)
    {%- endif %}

),

jugees as (

    select
        *,
        {% if suit -%}
        (est_definitive and not coalesce(etait_definitive, false))
        or (est_entiere and not coalesce(etait_entiere or etait_definitive, false))
        {%- else -%}
        true
        {%- endif %} as se_dit
    from dites

)

select
    *,
    bool_or(se_dit) over (partition by cohorte order by mois desc) as est_en_vue,
    arg_max(dite_le, mois) filter (where se_dit and dite_le is not null) over (partition by cohorte) as depuis
from jugees
