{#-
  What totals ask of the rows. A total may be told only if what its finer rows leave is nobody's or that of
  enough persons: where it is that of a few, the smallest of these rows steps back, and says one column
  less; or enough of its persons do, where these are many. What is left is then enough, and stays so. So do
  the rows of the cells that are to hide those of too few persons (`compagnons`).

  `reculs`: the rows of new cohorts (`partition`) that step back, from the widest tables to the finest;
  `unites`, `groupes`: the cells and the rows that this makes. For the definitive
  editions: divisions.sql.
-#}
{% macro reculs() -%}
{%- set plan = reglages().plan -%}
{%- set dimensions = plan[1:] | sum(start=[]) -%}
{%- set seuil = reglages().seuil -%}
{%- set dernier = plan | length + 1 -%}
with

placees as materialized (

    select
        groupes.num_famille,
        cellules.cohorte,
        {% for colonne in dimensions -%}
        cellules.{{ colonne }},
        {% endfor -%}
        {%- for derivee in derivees('cellules') if derivee.de not in plan[0] %}
        {{ derivee.sql }} as {{ derivee.nom }},
        {%- endfor %}
        cellules.titulaires,
        cellules.nb_titulaires
    from (
        select
            num_famille,
            unnest(cellules) as cellule
        from {{ modele('partition') }}
    ) as groupes
    inner join {{ modele('cellules') }} as cellules on groupes.cellule = cellules.numero

),

repetition as (

    select max(nombre) as au_plus
    from (
        select count(*) as nombre
        from {{ modele('dossiers') }}
        group by titulaire
    )

),

niveaux_{{ dernier }} as (

    select
        num_famille,
        niveau_diffusion as niveau,
        nb_titulaires,
        -- Only a row of one cell is parted, if so many persons stay that they hide its own cells.
        niveau_diffusion = 2
        and nb_titulaires >= {{ 2 * seuil }} + {{ seuil - 1 }} * (
            select count(distinct row({{ plan[0] | join(', ') }})) from {{ modele('dossiers') }}
        ) as se_partage,
        null::integer as niveau_de_la_part
    from {{ modele('partition') }}

),
{%- for niveau in range(dernier - 1, 1, -1) %}
{%- set concernes = tableaux() | selectattr('niveau', 'equalto', niveau) | list %}
{%- for tableau in concernes %}
{%- set cle = (['debut'] + tableau.dimensions) | join(', ') %}

{{ tableau.nom }}_parts as (

    select
        {{ debut_de_periode(tableau.grain) }} as debut,
        {% for colonne in tableau.dimensions -%}
        {{ colonne }},
        {% endfor -%}
        num_famille,
        niveau,
        niveau_de_la_part,
        if(se_partage, {{ seuil }}, niveaux.nb_titulaires) as taille,
        titulaires,
        placees.nb_titulaires
    from placees
    inner join niveaux_{{ niveau + 1 }} as niveaux using (num_famille)

),

-- Where some step back already, enough persons are left.
{{ tableau.nom }}_petites as (

    select
        {{ cle }},
        arg_min(num_famille, taille * 1000000000 + num_famille) filter (where niveau <= {{ niveau }}) as num_famille
    from {{ tableau.nom }}_parts
    left join {{ compagnons_de(tableau) }} using ({{ cle }})
    group by {{ cle }}
    having
        coalesce(sum(nb_titulaires) filter (where niveau > {{ niveau }}), 0)
        between if(bool_or(est_compagnon), 0, 1) and {{ seuil }} * (select au_plus from repetition)
        and count_if(niveau <= {{ niveau }}) > 0
        and count(niveau_de_la_part) = 0

),

{{ tableau.nom }}_reculs as (

    select any_value(petites.num_famille) as num_famille
    from {{ tableau.nom }}_petites as petites
    left join {{ tableau.nom }}_parts as parts
        on
            petites.debut = parts.debut
            {%- for colonne in tableau.dimensions %}
            and petites.{{ colonne }} = parts.{{ colonne }}
            {%- endfor %}
            and parts.niveau > {{ niveau }}
    group by petites.debut{% for colonne in tableau.dimensions %}, petites.{{ colonne }}{% endfor %}
    having coalesce(list_unique(flatten(list(titulaires))), 0) < {{ seuil }}

),
{%- endfor %}

niveaux_{{ niveau }} as (

    select
        num_famille,
        {% if concernes -%}
        if(recule and not se_partage, {{ niveau + 1 }}, niveau) as niveau,
        nb_titulaires,
        se_partage,
        if(recule and se_partage, {{ niveau + 1 }}, niveau_de_la_part) as niveau_de_la_part
    from (
        select
            *,
            num_famille in (
                {%- for tableau in concernes %}
                select num_famille from {{ tableau.nom }}_reculs
                {{ 'union all' if not loop.last }}
                {%- endfor %}
            ) as recule
        from niveaux_{{ niveau + 1 }}
    )
        {%- else -%}
        niveau,
        nb_titulaires,
        se_partage,
        niveau_de_la_part
    from niveaux_{{ niveau + 1 }}
        {%- endif %}

){{ ',' if not loop.last }}
{%- endfor %}

select
    num_famille,
    niveau,
    niveau_de_la_part
from niveaux_2
{%- endmacro %}

{#- The cells of a table that must hide others. -#}
{% macro compagnons_de(tableau) -%}
(
        select
            debut,
            {% for colonne in tableau.dimensions -%}
            {{ colonne }},
            {% endfor -%}
            true as est_compagnon
        from {{ modele('compagnons') }}
        where tableau = '{{ tableau.nom }}'
    ) as compagnons
{%- endmacro %}

{#-
  The cells, those of rows that are parted in two: the persons who stay, and from `seuil` to twice as many, drawn
  by their pseudonyms, who step back. As in `cellules`, each bears the number of its first dossier.
-#}
{% macro unites() -%}
{%- set seuil = reglages().seuil -%}
with

partagees as (

    select
        unnest(initiales.cellules) as cellule,
        reculs.niveau_de_la_part
    from {{ modele('partition') }} as initiales
    inner join {{ modele('reculs') }} as reculs using (num_famille)
    where reculs.niveau_de_la_part is not null

),

-- Which persons step back: the first ones in an order that nobody knows.
personnes as (

    select
        dossiers.numero,
        dossiers.titulaire,
        partagees.cellule,
        partagees.niveau_de_la_part,
        dense_rank() over (
            partition by partagees.cellule
            order by hash(dossiers.titulaire, partagees.cellule), dossiers.titulaire
        ) <= {{ seuil }} + partagees.cellule % {{ seuil }} as recule
    from (
        select
            numero as cellule,
            unnest(numeros) as numero
        from {{ modele('cellules') }}
        where numero in (select cellule from partagees)
    ) as membres
    inner join partagees using (cellule)
    inner join {{ modele('dossiers') }} as dossiers on membres.numero = dossiers.numero

),

moities as (

    select
        cellule,
        min(numero) as numero,
        list(numero) as numeros,
        list(titulaire) as titulaires,
        count(distinct titulaire) as nb_titulaires,
        if(recule, any_value(niveau_de_la_part), null) as niveau_de_la_part
    from personnes
    group by cellule, recule

)

select
    cellules.*,
    cellules.numero as cellule,
    null::integer as niveau_de_la_part
from {{ modele('cellules') }} as cellules
where numero not in (select cellule from partagees)
union all by name
select
    cellules.* replace (
        moities.numero as numero,
        moities.numeros as numeros,
        moities.titulaires as titulaires,
        moities.nb_titulaires as nb_titulaires
    ),
    moities.cellule,
    moities.niveau_de_la_part
from moities
inner join {{ modele('cellules') }} as cellules on moities.cellule = cellules.numero
{%- endmacro %}

{% macro groupes() -%}
{%- set plan = reglages().plan -%}
{%- set dimensions = plan[1:] | sum(start=[]) -%}
with

recules as (

    select
        initiales.cohorte,
        coalesce(unites.niveau_de_la_part, reculs.niveau) as niveau_diffusion,
        {% for colonne in dimensions -%}
        initiales.{{ colonne }},
        {% endfor -%}
        initiales.num_famille,
        unites.numero,
        unites.titulaires
    from (
        select
            * exclude (cellules),
            unnest(cellules) as cellule
        from {{ modele('partition') }}
    ) as initiales
    inner join {{ modele('reculs') }} as reculs using (num_famille)
    inner join {{ modele('unites') }} as unites using (cellule)

),

generalises as (

    select
        * replace (
            {%- for colonnes in plan[1:] %}
            {%- set niveau = loop.index + 2 %}
            {%- for colonne in colonnes %}
            if(niveau_diffusion >= {{ niveau }}, 'REGROUPE', {{ colonne }}) as {{ colonne }}{{ ',' if not (loop.last and niveau == plan | length + 1) }}
            {%- endfor %}
            {%- endfor %}
        )
    from recules

)

select
    cohorte,
    niveau_diffusion,
    {% for colonne in dimensions -%}
    {{ colonne }},
    {% endfor -%}
    cast(row_number() over () as integer){% if registre('lignes') %} + (select max(num_ligne) from {{ registre('lignes') }}){% endif %} as num_famille,
    list(numero) as cellules,
    cast(if(count(*) = 1, len(list_distinct(any_value(titulaires))), list_unique(flatten(list(titulaires)))) as bigint) as nb_titulaires
from generalises
group by cohorte, niveau_diffusion, {{ dimensions | join(', ') }}
{%- endmacro %}
