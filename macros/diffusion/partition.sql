{#- Each dossier that enters in exactly one row. -#}
{% macro partition() -%}
{%- set cellules = modele('cellules') -%}
{%- set sortants = modele('sortants') -%}
{%- set lignes = registre('lignes') -%}
with

cellules as not materialized (

    select * from {{ cellules }}

),

{% if lignes -%}
-- Published rows that dossiers leave in this version, and how many persons go for good.
quittees as materialized (

    select
        lignes.*,
        count(distinct if(sortants.reste, null, sortants.titulaire)) as nb_departs
    from {{ sortants }} as sortants
    inner join {{ lignes }} as lignes on sortants.num_ligne = lignes.num_ligne
    group by all

),

{% endif -%}
{{ partition_diffusion('cellules', reglages().plan, regles_du_secret(), quittees='quittees' if lignes else none) }}

select * from partition_diffusion
{%- endmacro %}

{#- Columns that each step of a plan gives up, however it is written. -#}
{% macro abandons_du_plan(plan) -%}
    {%- set abandons = [] -%}
    {%- for etape in plan %}{% do abandons.append(etape.abandonne if etape is mapping else etape) %}{% endfor -%}
    {%- do return(abandons) -%}
{%- endmacro %}

{#-
  CTE `partition_diffusion`: each dossier of `cellules` in exactly one row, that tells nothing of a
  group of 1 to `seuil` - 1 persons (docs/decisions/0004-partition-de-diffusion.md).

  `cellules`: model of the finest groups, with the columns named in `plan` (never null), the additive
  `mesures()`, `montants_hauts` (its dearest dossiers, the first one at least), `titulaires` (the list of the persons),
  `nb_titulaires` (how many are distinct) and `numeros` (the list of the one number of the cell).
  `plan`: for each level after the first, the columns that it gives up in addition; the last one has
  given up all. A level groups the units that the level before it could not publish. A step written
  `{abandonne: […], exact: true}` keeps exact what it does not give up: units left over that are not
  safe together take in their smallest published siblings (`absorption`).
  `regles`: `seuil` persons, `part` of an amount from which one contributor dominates it, the `plafond`
  (SQL) of what one person has in all, `largeur` of the interval that an attacker who knows all this
  must be left with for every hidden unit.
  `quittees`: published rows that others leave in this version, if any (`partition`). What a row
  loses and gains must not nearly make up for each other: of the finest ones, those are refilled that
  change by nobody or by `seuil` persons, and of the others none but the last.
-#}
{% macro partition_diffusion(cellules, plan, regles, quittees=none) -%}
{%- set abandons = abandons_du_plan(plan) -%}
{%- set dimensions = abandons | sum(start=[]) -%}
{%- set dernier = plan | length + 1 -%}

niveau_1 as not materialized (

    select
        *,
        {#- A cell held back for its amount has no bound. -#}
        {{ _borne(regles, 1000000) }} as borne,
        {{ _assez(regles) }}
        {%- if quittees %}
        and not exists (
            select 1 from {{ quittees }} as quittees
            where
                quittees.niveau_diffusion = 1
                {%- for colonne in dimensions %}
                and cellules.{{ colonne }} = quittees.{{ colonne }}
                {%- endfor %}
                and abs(cellules.nb_titulaires - quittees.nb_departs) between 1 and {{ regles.seuil - 1 }}
        )
        {%- endif %} as est_sur
    from {{ cellules }} as cellules

),
{% for etape in plan %}
{%- set niveau = loop.index + 1 %}
{%- set exact = etape is mapping and etape.exact %}
{%- set precedentes = dimensions | reject('in', abandons[:loop.index0] | sum(start=[])) | list %}
{%- set gardees = precedentes | reject('in', abandons[loop.index0]) | list %}
{%- if exact %}
{{ absorption(niveau, precedentes, gardees, regles) }}
{%- endif %}

niveau_{{ niveau }} as (

    select
        * exclude (est_large, somme_bornes),
        {{ _borne(regles, 'somme_bornes') }} as borne,
        est_large and {{ _assez(regles) }}
        {%- if quittees and niveau < dernier %}
        and not exists (
            select 1 from {{ quittees }} as quittees
            where
                quittees.niveau_diffusion = {{ niveau }}
                {%- for colonne in gardees %}
                and groupes.{{ colonne }} = quittees.{{ colonne }}
                {%- endfor %}
        )
        {%- endif %} as est_sur
    from (
        select
            {% for colonne in gardees %}{{ colonne }},
            {% endfor -%}
            {{ _reunion() }},
            sum(borne) as somme_bornes,
            {{ 'bool_or(est_choisi)' if exact else _intervalle_large(regles) }} as est_large
        from {{ 'unites' if exact else 'niveau' }}_{{ niveau if exact else niveau - 1 }}
        {{ 'where not est_sur' if not exact }}
        group by {{ gardees | join(', ') or '()' }}
    ) as groupes

),
{% endfor %}

publies as (

    {% for niveau in range(1, dernier + 1) -%}
    {%- set suite = plan[niveau - 1] if niveau < dernier else [] -%}
    select
        {{ _ligne(niveau, dimensions, abandons[:niveau - 1] | sum(start=[])) }}
    from niveau_{{ niveau }}
    {% if suite is mapping and suite.exact -%}
    anti join absorbees_{{ niveau + 1 }}
        using ({{ dimensions | reject('in', abandons[:niveau - 1] | sum(start=[])) | join(', ') }})
    {% endif -%}
    where est_sur
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- When the last remainder is not safe, it takes in the smallest published groups.
derniers as (

    select
        * exclude (titulaires),
        row_number() over petits as rang,
        sum(nb_titulaires) over petits as cumul,
        lead(nb_titulaires) over petits as suivant
    from publies
    where (select nb_dossiers > 0 and not est_sur from niveau_{{ dernier }})
    window petits as (order by nb_titulaires, niveau_diffusion desc, {{ dimensions | join(', ') }})
    qualify rang <= 20

),

absorbes as (

    select derniers.niveau_diffusion, {% for colonne in dimensions %}derniers.{{ colonne }}{{ ', ' if not loop.last }}{% endfor %}
    from derniers
    where rang <= coalesce((
        select min(derniers.rang)
        from derniers
        cross join niveau_{{ dernier }} as reste
        where {{ intervalle_absorbant('reste.nb_titulaires', 'reste.borne', regles) }}
    ), (select max(rang) from derniers))

),

dernier_groupe as (

    select {{ _reunion() }}
    from (
        select * exclude (borne, est_sur) from niveau_{{ dernier }}
        where not est_sur
        union all by name
        select * exclude (niveau_diffusion, {{ dimensions | join(', ') }})
        from publies
        semi join absorbes using (niveau_diffusion, {{ dimensions | join(', ') }})
    )

),

partition_diffusion as (

    select
        * exclude (titulaires),
        cast(row_number() over () as integer) as num_ligne
    from (
        select * from publies
        anti join absorbes using (niveau_diffusion, {{ dimensions | join(', ') }})
        union all
        select
            {{ _ligne(dernier, dimensions, dimensions) }}
        from dernier_groupe
        where nb_titulaires >= {{ regles.seuil }}
    )

)
{%- endmacro %}

{#- Groups of a level seen as one group: measures, and persons counted once. -#}
{% macro _reunion() -%}
    {% for mesure in mesures() -%}
        cast(sum({{ mesure }}) as {{ 'bigint' if mesure.startswith('nb_') else 'decimal(18, 2)' }}) as {{ mesure }},
        {% endfor -%}
        [max(montants_hauts[1])] as montants_hauts,
        flatten(list(numeros)) as numeros,
        flatten(list(titulaires)) as titulaires,
        {#- A group of one unit is not worth another look at its list. #}
        if(count(*) = 1, any_value(nb_titulaires), list_unique(flatten(list(titulaires)))) as nb_titulaires
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
        montants_hauts,
        numeros,
        titulaires,
        nb_titulaires
{%- endmacro %}
