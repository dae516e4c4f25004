{#- The rules of a dataset, as `dbt_project.yml` states them. -#}
{% macro regles_du_secret(jeu) -%}
    {%- do return({
        'seuil': var('seuils')[jeu],
        'part': var('secret').part_dominante,
        'largeur': var('secret').largeur_minimale,
        'plafond': '(select montant from ' ~ ref('int_titulaires__plafond') ~ ')',
    }) -%}
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
  `mesures()`, `montants_hauts` (its five dearest dossiers), `titulaires` (the list of the persons),
  `nb_titulaires` (how many are distinct) and `numeros` (the list of the one number of the cell).
  `plan`: for each level after the first, the columns that it gives up in addition; the last one has
  given up all. A level groups the units that the level before it could not publish. A step written
  `{abandonne: […], exact: true}` keeps exact what it does not give up: units left over that are not
  safe together take in their smallest published siblings (`absorption`).
  `regles`: `seuil` persons, `part` of an amount from which one contributor dominates it, the `plafond`
  (SQL) of what one person has in all, `largeur` of the interval that an attacker who knows all this
  must be left with for every hidden unit.
-#}
{% macro partition_diffusion(cellules, plan, regles) -%}
{%- set abandons = abandons_du_plan(plan) -%}
{%- set dimensions = abandons | sum(start=[]) -%}
{%- set dernier = plan | length + 1 -%}

niveau_1 as not materialized (

    select
        *,
        {#- A cell held back for its amount has no bound. -#}
        {{ _borne(regles, 1000000) }} as borne,
        {{ _assez(regles) }} as est_sur
    from {{ cellules }}

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
        est_large and {{ _assez(regles) }} as est_sur
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
    )

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

{#-
  CTEs of an exact step: `unites_<niveau>`, the units that it groups, and `absorbees_<niveau>`, the
  published siblings that they take in, the smallest first and as few as make the whole safe. Where
  none does, only the units left over go further up.
-#}
{% macro absorption(niveau, precedentes, gardees, regles) -%}
{%- set noeud = gardees | join(', ') %}

restes_{{ niveau }} as (

    select
        {{ noeud }},
        sum(borne) as bornes_restes,
        sum(nb_titulaires) as somme_restes,
        list_unique(flatten(list(titulaires))) >= {{ regles.seuil }} and {{ _intervalle_large(regles) }} as est_sur
    from niveau_{{ niveau - 1 }}
    where not est_sur
    group by {{ noeud }}

),

fratries_{{ niveau }} as (

    select
        {{ precedentes | join(', ') }},
        row_number() over fratrie as rang,
        sum(nb_titulaires) over fratrie as cumul,
        lead(nb_titulaires) over fratrie as suivant
    from niveau_{{ niveau - 1 }}
    semi join restes_{{ niveau }} using ({{ noeud }})
    where est_sur
    window fratrie as (partition by {{ noeud }} order by nb_titulaires, {{ precedentes | join(', ') }})

),

choix_{{ niveau }} as (

    select
        {{ noeud }},
        min(rang) as nb_absorbees
    from (
        select
            {{ noeud }},
            0 as rang
        from restes_{{ niveau }}
        where est_sur
        union all by name
        select
            {{ noeud }},
            rang
        from fratries_{{ niveau }}
        inner join restes_{{ niveau }} using ({{ noeud }})
        where {{ intervalle_absorbant('somme_restes', 'bornes_restes', regles) }}
    )
    group by {{ noeud }}

),

absorbees_{{ niveau }} as (

    select {{ precedentes | join(', ') }}
    from fratries_{{ niveau }}
    inner join choix_{{ niveau }} using ({{ noeud }})
    where rang <= nb_absorbees

),

unites_{{ niveau }} as (

    select
        unites.*,
        choix_{{ niveau }}.nb_absorbees is not null as est_choisi
    from (
        select * from niveau_{{ niveau - 1 }}
        where not est_sur
        union all by name
        select * from niveau_{{ niveau - 1 }}
        semi join absorbees_{{ niveau }} using ({{ precedentes | join(', ') }})
    ) as unites
    left join choix_{{ niveau }} using ({{ noeud }})

),
{%- endmacro %}

{#- Enough persons, none of whom makes most of the amount. One person has at most one dossier more
    than there are dossiers too many, the dearest ones, and no more euros than anybody has in all. -#}
{% macro _assez(regles) -%}
    nb_titulaires >= {{ regles.seuil }}
        and (
            montant_engage = 0
            or {{ part_maximale(regles) }} < cast(montant_engage as double) * {{ regles.part }}
        )
{%- endmacro %}

{#- Bound of what one person engages in a group. -#}
{% macro part_maximale(regles) -%}
    least(
        {{ regles.plafond }},
        list_sum(montants_hauts[1:1 + nb_dossiers - nb_titulaires])
        + montants_hauts[-1] * greatest(0, 1 + nb_dossiers - nb_titulaires - 5)
    )
{%- endmacro %}

{#- What an attacker who knows the rules may say of a group that is not shown: below the threshold,
    or else at most what its units may have. -#}
{% macro _borne(regles, sinon) -%}
    if(nb_titulaires < {{ regles.seuil }}, {{ regles.seuil - 1 }}, {{ sinon }})
{%- endmacro %}

{#- Over grouped units: two or more, and their sum leaves each of them an interval wide enough, were
    all the others as large as their bounds. -#}
{% macro _intervalle_large(regles) -%}
    count(*) >= 2 and sum(nb_titulaires) <= sum(borne) - {{ _largeur(regles) }}
{%- endmacro %}

{#- The same once the `rang` smallest siblings, `cumul` persons in all, have joined units of `somme`
    persons: a sibling has at least the threshold, and at most what the next one (`suivant`) has. -#}
{% macro intervalle_absorbant(somme, bornes, regles) -%}
    least({{ regles.seuil - 1 }}, {{ somme }} + cumul - rang * {{ regles.seuil }})
        - greatest(
            0,
            coalesce({{ somme }} + cumul - ({{ bornes }} - {{ regles.seuil - 1 }}) - rang * suivant, 0)
        ) >= {{ _largeur(regles) }}
{%- endmacro %}

{#- Below the threshold there may not be room for the width asked. -#}
{% macro _largeur(regles) -%}
    {{ [regles.largeur, regles.seuil - 1] | min }}
{%- endmacro %}

{#- Groups of a level seen as one group: measures, and persons counted once. -#}
{% macro _reunion() -%}
    {% for mesure in mesures() -%}
        cast(sum({{ mesure }}) as {{ 'bigint' if mesure.startswith('nb_') else 'decimal(18, 2)' }}) as {{ mesure }},
        {% endfor -%}
        list_reverse_sort(flatten(list(montants_hauts)))[1:5] as montants_hauts,
        flatten(list(numeros)) as numeros,
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
        montants_hauts,
        numeros,
        titulaires,
        nb_titulaires
{%- endmacro %}
