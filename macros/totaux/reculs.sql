{#-
  What totals ask of the rows. A total may be told only if what its finer rows leave is nobody's or that of
  enough persons: where it is that of a few, the smallest of these rows steps back, and says one column
  less. A row has enough persons: whatever it leaves is then enough, and nothing has to be looked at again.

  `groupes`: the groups of the new cohorts (`partition`), from the widest tables to the finest.
  `divisions`: the cells of the definitive ones (`detail`), in or out of the row of their family.
-#}
{% macro groupes() -%}
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
        nb_titulaires
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
        niveaux.nb_titulaires as taille,
        titulaires,
        placees.nb_titulaires
    from placees
    inner join niveaux_{{ niveau + 1 }} as niveaux using (num_famille)

),

{{ tableau.nom }}_petites as (

    select
        {{ cle }},
        arg_min(num_famille, taille * 1000000000 + num_famille) filter (where niveau <= {{ niveau }}) as num_famille
    from {{ tableau.nom }}_parts
    group by {{ cle }}
    having
        sum(nb_titulaires) filter (where niveau > {{ niveau }}) between 1 and {{ seuil }} * (select au_plus from repetition)
        and count_if(niveau <= {{ niveau }}) > 0

),

{{ tableau.nom }}_reculs as (

    select any_value(petites.num_famille) as num_famille
    from {{ tableau.nom }}_parts as parts
    inner join {{ tableau.nom }}_petites as petites using ({{ cle }})
    where parts.niveau > {{ niveau }}
    group by {{ cle }}
    having list_unique(flatten(list(parts.titulaires))) < {{ seuil }}

),
{%- endfor %}

niveaux_{{ niveau }} as (

    select
        num_famille,
        {% if concernes -%}
        if(
            num_famille in (
                {%- for tableau in concernes %}
                select num_famille from {{ tableau.nom }}_reculs
                {{ 'union all' if not loop.last }}
                {%- endfor %}
            ),
            {{ niveau + 1 }},
            niveau
        ) as niveau,
        {%- else -%}
        niveau,
        {%- endif %}
        nb_titulaires
    from niveaux_{{ niveau + 1 }}

),
{%- endfor %}

recules as (

    select
        initiales.cohorte,
        niveaux.niveau as niveau_diffusion,
        {% for colonne in dimensions -%}
        {%- set abandon = namespace(niveau=0) -%}
        {%- for colonnes in plan if colonne in colonnes -%}
            {%- set abandon.niveau = plan.index(colonnes) + 2 -%}
        {%- endfor -%}
        if(niveaux.niveau >= {{ abandon.niveau }}, 'REGROUPE', initiales.{{ colonne }}) as {{ colonne }},
        {% endfor -%}
        initiales.num_famille,
        initiales.cellules,
        initiales.nb_titulaires
    from {{ modele('partition') }} as initiales
    inner join niveaux_2 as niveaux using (num_famille)

),

groupes as (

    select
        cohorte,
        niveau_diffusion,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        min(num_famille) as num_famille,
        flatten(list(cellules)) as cellules,
        sum(nb_titulaires) as somme,
        count(*) as nb_groupes,
        list(num_famille) as familles
    from recules
    group by cohorte, niveau_diffusion, {{ dimensions | join(', ') }}

),

-- Who is in several of the groups that are now one is counted once.
reunies as (

    select
        groupes.num_famille,
        list_unique(flatten(list(placees.titulaires))) as nb_titulaires
    from (
        select
            num_famille,
            unnest(familles) as famille
        from groupes
        where nb_groupes > 1
    ) as groupes
    inner join placees on groupes.famille = placees.num_famille
    group by groupes.num_famille

)

select
    groupes.* exclude (somme, nb_groupes, familles),
    cast(coalesce(reunies.nb_titulaires, groupes.somme) as bigint) as nb_titulaires
from groupes
left join reunies using (num_famille)
{%- endmacro %}

{% macro divisions() -%}
{%- set fines = reglages().plan[0] -%}
{%- set seuil = reglages().seuil -%}
{%- set fermes = tableaux() | selectattr('est_ferme') | list -%}
with

detail as (

    select * from {{ modele('detail') }}

),

parts as materialized (

    select
        situes.cohorte,
        {% for colonne in reglages().plan | sum(start=[]) -%}
        situes.{{ colonne }},
        {% endfor -%}
        {% for derivee in derivees('situes') -%}
        {{ derivee.sql }} as {{ derivee.nom }},
        {% endfor -%}
        situes.titulaire,
        detail.num_ligne,
        coalesce(detail.est_fine, false) as est_fine
    from {{ modele('situes') }} as situes
    left join detail
        on
            situes.num_famille = detail.num_famille
            {%- for fine in fines %}
            and situes.{{ fine }} = detail.{{ fine }}
            {%- endfor %}
    where
        situes.sens = 1
        and situes.cohorte in (select cohorte from {{ modele('editions') }} where edition = 'definitive')
    {%- if registre('comptes') %}
    union all by name
    select
        cohorte,
        {% for colonne in dimensions_des_totaux() -%}
        {{ colonne }},
        {% endfor -%}
        titulaire,
        null as num_ligne,
        coalesce(niveau = 1, false) as est_fine
    from {{ registre('comptes') }}
    where sens = 1 and cohorte not in (select cohorte from {{ modele('editions') }})
    {%- endif %}

),

tailles as (

    select
        num_ligne,
        count(*) as taille
    from parts
    where est_fine and num_ligne is not null
    group by num_ligne

),

repetition as (

    select max(nombre) as au_plus
    from (
        select count(*) as nombre
        from parts
        group by titulaire
    )

),
{%- for tableau in fermes %}
{%- set cle = (['debut'] + tableau.dimensions) | join(', ') %}

{{ tableau.nom }}_petites as (

    select
        {{ debut_de_periode(tableau.grain) }} as debut,
        {% for colonne in tableau.dimensions -%}
        {{ colonne }},
        {% endfor -%}
        arg_min(num_ligne, taille * 1000000000 + num_ligne) as num_ligne
    from parts
    left join tailles using (num_ligne)
    group by {{ cle }}
    having
        count_if(not est_fine) between 1 and {{ seuil }} * (select au_plus from repetition)
        and count(taille) > 0

),

{{ tableau.nom }}_reculs as (

    select any_value(petites.num_ligne) as num_ligne
    from parts
    inner join {{ tableau.nom }}_petites as petites
        on
            {{ debut_de_periode(tableau.grain) }} = petites.debut
            {%- for colonne in tableau.dimensions %}
            and parts.{{ colonne }} = petites.{{ colonne }}
            {%- endfor %}
    where not parts.est_fine
    group by petites.debut{% for colonne in tableau.dimensions %}, parts.{{ colonne }}{% endfor %}
    having count(distinct parts.titulaire) < {{ seuil }}

),
{%- endfor %}

reculs as (

    {%- for tableau in fermes %}
    select num_ligne from {{ tableau.nom }}_reculs
    {{ 'union' if not loop.last }}
    {%- endfor %}

)

select
    detail.* replace (
        detail.est_fine and reculs.num_ligne is null as est_fine,
        if(reculs.num_ligne is null, detail.num_ligne, detail.num_famille) as num_ligne
    )
from detail
left join reculs on detail.num_ligne = reculs.num_ligne and detail.est_fine
{%- endmacro %}
