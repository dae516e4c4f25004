{#-
  Each dossier of a new cohort in exactly one row, without what only the definitive edition tells: the level
  2 of the plan, and the next ones. A level publishes its groups of enough persons, if they leave a wide
  interval to each unit that they hide; the others give up some more columns and go on. What is left of a
  cohort takes in its smallest rows. docs/decisions/0014-editions.md
  Of a dataset of counters, some groups step back for what another counter says (compteurs.sql).
-#}
{% macro partition() -%}
{%- set plan = reglages().plan[1:] -%}
{%- set dimensions = plan | sum(start=[]) -%}
{%- set fines = reglages().plan[0] -%}
{%- set seuil = reglages().seuil -%}
{%- set dernier = plan | length + 2 -%}
{%- set compte = 'compteurs' in reglages() -%}
with

-- Cells of enough persons that do not hide their own, by what only the definitive edition tells: all of
-- these are small, and too few or too full.
serrees as (

    select numero
    from (
        select
            numero,
            any_value(ensemble) as ensemble,
            count(*) as nb_titulaires
        from (
            select distinct
                cellules.numero,
                cellules.nb_titulaires as ensemble,
                {{ fines | join(', ') }},
                titulaire
            from (
                select
                    numero,
                    nb_titulaires,
                    unnest(numeros) as dossier
                from {{ modele('cellules') }}
                where
                    not est_suivie
                    and nb_titulaires >= {{ seuil }}
                    {%- if not compte %}
                    -- (larger ones have a part of enough persons)
                    and nb_titulaires <= {{ seuil - 1 }} * (
                        select count(distinct row({{ fines | join(', ') }})) from {{ modele('dossiers') }}
                    )
                    {%- endif %}
            ) as cellules
            inner join {{ modele('dossiers') }} as dossiers on cellules.dossier = dossiers.numero
        )
        group by numero, {{ fines | join(', ') }}
    )
    group by numero
    having
        max(nb_titulaires) < {{ seuil }}
        and (
            sum(nb_titulaires) > {{ seuil - 1 }} * count(*) - {{ largeur() }}
            or not {{ hesite_entre_non_vides('any_value(ensemble)', 'count(*)') }}
        )

),

niveau_2 as (

    select
        cohorte,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        [numero] as cellules,
        {% if not compte %}titulaires,
        {% endif -%}
        nb_titulaires,
        {{ borne('nb_titulaires') }} as borne,
        if(nb_titulaires < {{ seuil }}, 0, {{ seuil }}) as plancher,
        nb_titulaires >= {{ seuil }} and numero not in (select numero from serrees)
        {%- if compte %} and {{ n_est_pas_unanime(dimensions) }}{% endif %} as est_sur
    from {{ modele('cellules') }}
    where not est_suivie

),
{% for etape in plan %}
{%- set niveau = loop.index + 2 %}
{%- set gardees = plan[loop.index:] | sum(start=[]) %}
{%- set cle = (['cohorte'] + gardees) | join(', ') %}
{%- set avant = ('rendues_' if compte else 'niveau_') ~ (niveau - 1) %}
{%- if compte %}
{{ gardes(niveau - 1) }}
{%- endif %}

repetes_{{ niveau }} as (

    select {{ cle }}
    from {{ avant }}
    where not est_sur
    group by {{ cle }}
    having count(*) > 1

),
{%- if compte %}

personnes_{{ niveau }} as (

    {{ personnes_des_reprises(avant, 'repetes_' ~ niveau, cle) }}

),
{%- endif %}

niveau_{{ niveau }} as (

    select
        * exclude (est_large, somme_bornes),
        {{ borne('somme_bornes') }} as borne,
        est_large and nb_titulaires >= {{ seuil }}
        and {{ hesite_entre_non_vides('nb_titulaires - plancher', 'len(cellules)') }}
        {%- if compte and gardees %} and {{ n_est_pas_unanime(gardees) }}{% endif %} as est_sur,
        est_large and nb_titulaires >= {{ seuil }} as est_diffusable
    from (
        select
            {{ cle }},
            flatten(list(cellules)) as cellules,
            {%- if compte %}
            any_value(personnes) as nb_titulaires,
            {%- else %}
            flatten(list(titulaires)) as titulaires,
            list_unique(flatten(list(titulaires))) as nb_titulaires,
            {%- endif %}
            sum(borne) as somme_bornes,
            sum(plancher) as plancher,
            {{ intervalle_large() }} and sum(nb_titulaires) - sum(plancher) >= {{ largeur() }} as est_large
        from {{ avant }}
        {{ 'inner join personnes_' if compte else 'semi join repetes_' }}{{ niveau }} using ({{ cle }})
        where not est_sur
        group by {{ cle }}
        union all by name
        -- (what is alone stays as it is: millions of lists of one are not made again)
        select
            {{ cle }},
            cellules,
            {% if not compte %}titulaires,
            {% endif -%}
            nb_titulaires,
            borne as somme_bornes,
            plancher,
            false as est_large
        from {{ avant }}
        anti join repetes_{{ niveau }} using ({{ cle }})
        where not est_sur
    )

),
{% endfor %}
{%- if compte %}
{{ gardes(dernier) }}
{%- endif %}

sures as (

    {% if compte -%}
    select * exclude (borne, plancher, est_sur) from gardes_{{ dernier }}
    {%- else -%}
    {% for niveau in range(2, dernier + 1) -%}
    {%- set gardees = plan[niveau - 2:] | sum(start=[]) -%}
    select
        cohorte,
        {{ niveau }} as niveau_diffusion,
        {% for colonne in dimensions -%}
        {{ colonne if colonne in gardees else "'REGROUPE' as " ~ colonne }},
        {% endfor -%}
        cellules,
        nb_titulaires
    from niveau_{{ niveau }}
    where est_sur
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {%- endif %}

),

-- What is left of a cohort.
restes as (

    select
        cohorte,
        -- (of a cell held back with enough persons, at least the threshold is known)
        nb_titulaires - plancher as somme,
        borne - plancher as bornes,
        len(cellules) as nb_cellules,
        est_diffusable
    from niveau_{{ dernier }}
    where not est_sur

),

petites as (

    select
        *,
        row_number() over fratrie as rang,
        sum(nb_titulaires) over fratrie as cumul,
        lead(nb_titulaires) over fratrie as suivant
    from sures
    inner join restes using (cohorte)
    window fratrie as (partition by cohorte order by nb_titulaires, niveau_diffusion desc, {{ dimensions | join(', ') }})

),

absorbees as (

    select petites.*
    from petites
    inner join (
        select
            cohorte,
            min(rang) as dernier_rang
        from petites
        where
            {{ intervalle_absorbant('somme', 'bornes') }}
            and {{ hesite_entre_non_vides('somme + cumul - rang * ' ~ seuil, 'nb_cellules') }}
        group by cohorte
    ) as choix using (cohorte)
    where rang <= dernier_rang

),

partition_diffusion as (

    -- A cohort of which nothing hides the rest waits, unless the rest hides its cells by their number alone.
    select *
    from sures
    anti join absorbees using (cohorte, niveau_diffusion, {{ dimensions | join(', ') }})
    anti join (from restes anti join absorbees using (cohorte) where not est_diffusable) using (cohorte)
    union all by name
    select
        cohorte,
        {{ dernier }} as niveau_diffusion,
        {% for colonne in dimensions -%}
        'REGROUPE' as {{ colonne }},
        {% endfor -%}
        list(numero) as cellules,
        list_unique(flatten(list(titulaires))) as nb_titulaires
    from (
        select cohorte, unnest(cellules) as numero from absorbees
        union all
        select niveau.cohorte, unnest(niveau.cellules) as numero from niveau_{{ dernier }} as niveau
        left join (select distinct cohorte from absorbees) as caches using (cohorte)
        where not est_sur and (est_diffusable or caches.cohorte is not null)
    ) as reunies
    inner join (select numero, titulaires from {{ modele('cellules') }}) as membres using (numero)
    group by cohorte

)

select
    *,
    cast(row_number() over () as integer){% if registre('lignes') %} + (select max(num_ligne) from {{ registre('lignes') }}){% endif %} as num_famille
from partition_diffusion
{%- endmacro %}
