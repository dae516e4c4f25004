{#-
  CTE `partition_diffusion`: each dossier of `cellules` in exactly one row, of at least `seuil`
  distinct titulaires (docs/decisions/0004-partition-de-diffusion.md).

  `cellules`: model of the finest groups, with the columns named in `plan` (never null), the additive
  `mesures()`, `titulaires` (the list of the persons) and `nb_titulaires` (how many are distinct).
  `plan`: for each level after the first, the columns that it gives up in addition; the last one has
  given up all. A level groups what the level before it could not publish.
-#}
{% macro partition_diffusion(cellules, plan, seuil) -%}
{%- set dimensions = plan | sum(start=[]) -%}
{%- set dernier = plan | length + 1 -%}

niveau_1 as not materialized (

    select * from {{ cellules }}

),
{% for etape in plan %}
{%- set gardees = dimensions | reject('in', plan[:loop.index] | sum(start=[])) | list %}

niveau_{{ loop.index + 1 }} as (

    select
        {% for colonne in gardees %}{{ colonne }},
        {% endfor -%}
        {{ _reunion() }}
    from niveau_{{ loop.index }}
    where nb_titulaires < {{ seuil }}
    group by {{ gardees | join(', ') or '()' }}

),
{% endfor %}

publies as (

    {% for niveau in range(1, dernier + 1) -%}
    select
        {{ _ligne(niveau, dimensions, plan[:niveau - 1] | sum(start=[])) }}
    from niveau_{{ niveau }}
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

dernier_groupe as (

    select {{ _reunion() }}
    from (
        select * from niveau_{{ dernier }}
        where nb_titulaires < {{ seuil }}
        union all by name
        select * exclude (niveau_diffusion, {{ dimensions | join(', ') }}) from absorbe
    )

),

partition_diffusion as (

    select * exclude (titulaires) from (
        select * from publies
        anti join absorbe using (niveau_diffusion, {{ dimensions | join(', ') }})
        union all
        select
            {{ _ligne(dernier, dimensions, dimensions) }}
        from dernier_groupe
        where nb_titulaires >= {{ seuil }}
    )

)
{%- endmacro %}

{#- Groups of a level seen as one group: measures, and persons counted once. -#}
{% macro _reunion() -%}
    {% for mesure in mesures() -%}
        cast(sum({{ mesure }}) as {{ 'bigint' if mesure.startswith('nb_') else 'decimal(18, 2)' }}) as {{ mesure }},
        {% endfor -%}
        flatten(list(titulaires)) as titulaires,
        list_unique(flatten(list(titulaires))) as nb_titulaires
{%- endmacro %}

{#- A group as a row: its level, and REGROUPE for what that level has given up. -#}
{% macro _ligne(niveau, dimensions, abandons) -%}
    {{ niveau }} as niveau_diffusion,
        {% for colonne in dimensions -%}
        {{ "'REGROUPE' as " ~ colonne if colonne in abandons else colonne }},
        {% endfor -%}
        {% for mesure in mesures() -%}
        {{ mesure }},
        {% endfor -%}
        titulaires,
        nb_titulaires
{%- endmacro %}
