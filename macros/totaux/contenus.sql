{#-
  The cells of the totals before rows are made: how many dossiers and persons each will hold, and whether the
  version before told it. Those of fewer than `seuil` persons will stay secret, and each needs companions that
  are not told whole by rows (`compagnons`, then reculs.sql).
-#}
{% macro contenus() -%}
{%- set plan = reglages().plan -%}
{%- set seuil = reglages().seuil -%}
{%- set anterieurs = registre('totaux') -%}
with

dossiers as materialized (

    select
        courants.cohorte,
        {% for colonne in plan[1:] | sum(start=[]) -%}
        courants.{{ colonne }},
        {% endfor -%}
        {% for colonne in plan[0] -%}
        dossiers.{{ colonne }},
        {% endfor -%}
        {% for derivee in derivees('courants') if derivee.de not in plan[0] -%}
        {{ derivee.sql }} as {{ derivee.nom }},
        {% endfor -%}
        {% for derivee in derivees('dossiers') if derivee.de in plan[0] -%}
        {{ derivee.sql }} as {{ derivee.nom }},
        {% endfor -%}
        dossiers.titulaire
    from (
        select
            cohorte,
            {% for colonne in plan[1:] | sum(start=[]) -%}
            {{ colonne }},
            {% endfor -%}
            unnest(numeros) as numero
        from {{ modele('cellules') }}
    ) as courants
    inner join {{ modele('dossiers') }} as dossiers on courants.numero = dossiers.numero
    {%- if registre('comptes') %}
    union all by name
    select
        cohorte,
        {% for colonne in dimensions_des_totaux() -%}
        {{ colonne }},
        {% endfor -%}
        titulaire
    from {{ registre('comptes') }}
    anti join {{ modele('editions') }} using (cohorte)
    where sens = 1
    {%- endif %}

),

{%- for famille, dimensions in familles_de_tableaux().items() %}

cubes_{{ famille }} as (

    select
        cohorte,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        count(*) as nb_dossiers
    from dossiers
    group by cohorte{% for colonne in dimensions %}, {{ colonne }}{% endfor %}

),
{%- endfor %}

{%- for tableau in tableaux() %}
{%- set cle = ['debut'] + tableau.dimensions %}

{{ tableau.nom }}_cellules as (

    select
        {{ debut_de_periode(tableau.grain) }} as debut,
        {% for colonne in tableau.dimensions -%}
        {{ colonne }},
        {% endfor -%}
        sum(nb_dossiers) as nb_dossiers
    from cubes_{{ tableau.famille }}
    {%- if tableau.est_ferme %}
    where {{ est_definitive(tableau.grain) }}
    {%- endif %}
    group by {{ cle | join(', ') }}

),

-- Whether they are of too few persons takes a look at these only where they are of a few dossiers more.
{{ tableau.nom }}_personnes as (

    select
        {{ cle | join(', ') }},
        count(distinct titulaire) as nb_titulaires
    from (
        select
            {{ debut_de_periode(tableau.grain) }} as debut,
            {% for colonne in tableau.dimensions -%}
            {{ colonne }},
            {% endfor -%}
            titulaire
        from dossiers
    )
    semi join (
        from {{ tableau.nom }}_cellules
        where nb_dossiers between {{ seuil }} and {{ 2 * seuil }}
    ) using ({{ cle | join(', ') }})
    group by {{ cle | join(', ') }}

),
{%- endfor %}

contenus as (

    select {% for colonne in dimensions_des_totaux() %}null::varchar as {{ colonne }}{{ ', ' if not loop.last }}{% endfor %}
    where false
    {%- for tableau in tableaux() %}
    union all by name
    select
        '{{ tableau.nom }}' as tableau,
        *
    from {{ tableau.nom }}_cellules
    left join {{ tableau.nom }}_personnes using ({{ (['debut'] + tableau.dimensions) | join(', ') }})
    {%- endfor %}

)

select
    contenus.tableau,
    contenus.debut,
    {% for colonne in dimensions_des_totaux() -%}
    contenus.{{ colonne }},
    {% endfor -%}
    cast(contenus.nb_dossiers as bigint) as nb_dossiers,
    cast(coalesce(contenus.nb_titulaires, contenus.nb_dossiers) as bigint) as nb_titulaires,
    {% if anterieurs -%}
    coalesce(anterieurs.nb_dossiers is not null, false) as etait_dite
    {%- else -%}
    false as etait_dite
    {%- endif %}
from contenus
{%- if anterieurs %}
left join {{ anterieurs }} as anterieurs
    on {{ est_la_cellule('contenus', 'anterieurs') }}
{%- endif %}
{%- endmacro %}
