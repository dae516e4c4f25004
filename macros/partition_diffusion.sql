{#-
  CTE `partition_diffusion`: each dossier of `cellules` in exactly one row, of at least `seuil`
  distinct titulaires (docs/decisions/0004-partition-de-diffusion.md).

  `cellules`: CTE of the finest groups, with the columns named in `plan` (never null), the additive
  `mesures()`, and `titulaires`, the list of the persons behind the cell.
  `plan`: for each level after the first, the columns that it gives up in addition; the last one has
  given up all. A level groups what the level before it could not publish.
-#}
{% macro partition_diffusion(cellules, plan, seuil) -%}
{%- set dimensions = plan | sum(start=[]) -%}
{%- set dernier = plan | length + 1 -%}

-- Read twice, and as large as the cells: better computed twice than kept.
niveau_1 as not materialized (

    select
        1 as niveau_diffusion,
        {{ (dimensions + mesures()) | join(',\n        ') }},
        titulaires,
        list_unique(titulaires) as nb_titulaires
    from {{ cellules }}

),
{% for etape in plan %}
{%- set abandons = plan[:loop.index] | sum(start=[]) %}

niveau_{{ loop.index + 1 }} as (

    select
        {{ _groupe(loop.index + 1, dimensions, abandons) }}
    from niveau_{{ loop.index }}
    where nb_titulaires < {{ seuil }}
    group by {{ dimensions | reject('in', abandons) | join(', ') or '()' }}

),
{% endfor %}

publies as (

    {% for niveau in range(1, dernier + 1) -%}
    select * from niveau_{{ niveau }}
    where nb_titulaires >= {{ seuil }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- When the last remainder is too small, the smallest published group joins it.
absorbe as (

    select * from publies
    where (select nb_titulaires from niveau_{{ dernier }}) < {{ seuil }}
    order by nb_titulaires, niveau_diffusion desc, {{ dimensions | join(', ') }}
    limit 1

),

restes as (

    select * from niveau_{{ dernier }}
    where nb_titulaires < {{ seuil }}
    union all
    select * from absorbe

),

dernier_groupe as (

    select
        {{ _groupe(dernier, dimensions, dimensions) }}
    from restes

),

partition_diffusion as (

    select * exclude (titulaires) from publies
    anti join absorbe using (niveau_diffusion, {{ dimensions | join(', ') }})
    union all
    select * exclude (titulaires) from dernier_groupe
    where nb_titulaires >= {{ seuil }}

)
{%- endmacro %}

{#- Columns of a group: level, dimensions, measures, persons. -#}
{% macro _groupe(niveau, dimensions, abandons) -%}
    {{ niveau }} as niveau_diffusion
    {%- for colonne in dimensions %},
        {{ "'REGROUPE' as " ~ colonne if colonne in abandons else colonne }}
    {%- endfor %}
    {%- for mesure in mesures() %},
        cast(sum({{ mesure }}) as {{ 'bigint' if mesure.startswith('nb_') else 'decimal(18, 2)' }}) as {{ mesure }}
    {%- endfor %},
        flatten(list(titulaires)) as titulaires,
        list_unique(flatten(list(titulaires))) as nb_titulaires
{%- endmacro %}
