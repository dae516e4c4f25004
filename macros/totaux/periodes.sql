{#-
  When totals are told. A period is told once it has ended, and once more when it is definitive as a whole: the
  dossiers of each of its cohorts are then in their first state, or all in their last one, so that what is told at
  one time adds up, and what changes from one to the other adds up too. In between it stays as it was told. Where
  nothing was published before, all that there is is told, periods that have not ended too.

  One row by cohort and period of it: whether this version tells it (`se_dit`), since when it was told
  (`dite_le`), whether it or one that holds it is told (`est_en_vue`: no other is looked at), and, of a cohort of
  which something changed since the widest of these was told, what it was then (`etait`: absente, premiere).
-#}
{% macro totaux_periodes() -%}
{%- set anterieurs = registre('totaux') -%}
{%- set duree = reglages().periode.mois -%}
{%- set attente = var('secret').mois_avant_definitif -%}
with

cohortes as (

    select distinct cohorte
    from {{ modele('comptes') }}

),

periodes as (

    {%- for grain in tableaux() | map(attribute='grain') | unique %}
    select
        cohorte,
        '{{ grain }}' as grain,
        {{ duree_de_periode(grain) }} as duree,
        {{ debut_de_periode(grain) }} as debut
    from cohortes
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

dites as (

    {%- if anterieurs %}
    select
        grain,
        debut,
        max(dite_le) as dite_le
    from {{ anterieurs }}
    group by grain, debut
    {%- else %}
    select
        null::varchar as grain,
        null::date as debut,
        null::date as dite_le
    where false
    {%- endif %}

),

jugees as (

    select
        periodes.*,
        dites.dite_le,
        livraison.jour,
        {%- if anterieurs %}
        {{ etat_de_periode('livraison.jour') }} > coalesce({{ etat_de_periode('dites.dite_le') }}, 0) as se_dit
        {%- else %}
        true as se_dit
        {%- endif %}
    from periodes
    cross join (select {{ jour_de_la_livraison() }} as jour) as livraison
    left join dites on periodes.grain = dites.grain and periodes.debut = dites.debut

),

situees as (

    select
        *,
        bool_or(se_dit) over (partition by cohorte order by duree desc) as est_en_vue,
        arg_max(dite_le, duree) filter (where se_dit and dite_le is not null) over (partition by cohorte) as depuis_le
    from jugees

)

select
    cohorte,
    grain,
    debut,
    dite_le,
    se_dit,
    est_en_vue,
    case
        when cohorte + interval {{ duree }} month > depuis_le + 1 then 'absente'
        when
            cohorte + interval {{ duree + attente }} month <= jour + 1
            and cohorte + interval {{ duree + attente }} month > depuis_le + 1
            then 'premiere'
    end as etait
from situees
{%- endmacro %}

{#- On that day a period is definitive as a whole (2), has ended, none of its cohorts being so yet (1), or neither. -#}
{% macro etat_de_periode(jour) -%}
{%- set attente = var('secret').mois_avant_definitif -%}
case
            when periodes.debut + to_months(duree + {{ attente }}) <= {{ jour }} + 1 then 2
            when periodes.debut + to_months(duree) <= {{ jour }} + 1 and periodes.debut + to_months({{ reglages().periode.mois + attente }}) > {{ jour }} + 1 then 1
            when {{ jour }} is not null then 0
        end
{%- endmacro %}

{#- The periods of a table that are looked at, and whether this version tells them. -#}
{% macro periodes_en_vue(tableau) -%}
(
        select distinct
            debut,
            se_dit
        from {{ modele('totaux_periodes') }}
        where grain = '{{ tableau.grain }}' and est_en_vue
    ) as periodes
{%- endmacro %}

{#-
  The first state of the cohorts of which this version tells the last one, or told it of a period that is not
  definitive as a whole: what was told of these periods.
-#}
{% macro totaux_premiers() -%}
{%- set comptes = modele('comptes') -%}
{%- if registre('comptes') -%}
select * from {{ registre('comptes') }}
semi join {{ modele('editions') }} using (cohorte)
union all by name
select * from {{ registre('premiers') }}
where
    not ({{ est_definitive('annee') }})
    or cohorte in (select cohorte from {{ modele('totaux_periodes') }} where etait = 'premiere')
{%- else -%}
select * from {{ comptes }}
where false
{%- endif %}
{%- endmacro %}
