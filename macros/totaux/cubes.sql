{#-
  What the tables of totals add up: dossiers of `comptes` put together by all that these are broken down by, once
  for each family of them, so that each reads few rows.

  `est_nouveau` and `signe`: as in `mouvements_des_comptes`. `sens`, `niveau` and what rows tell: as in `comptes`.
-#}
{% macro totaux_cubes() -%}
with

mouvements as (

    {{ mouvements_des_comptes() }}

),

{%- set familles = familles_de_tableaux() %}
cubes as (

    {%- for famille, dimensions in familles.items() %}
    select
        '{{ famille }}' as famille,
        signe,
        est_nouveau,
        cohorte,
        sens,
        niveau,
        montant_est_dit,
        duree_est_dite,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        count(*) as nb_dossiers,
        count(heures) as nb_dossiers_avec_duree,
        {%- for chiffre in ['heures', 'montant_engage'] %}
        sum({{ chiffre }}) as {{ chiffre }},
        count_if({{ chiffre }} <> 0) as contributions_{{ chiffre }},
        max({{ chiffre }}) as maximum_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from mouvements
    group by all
    {{ 'union all by name' if not loop.last }}
    {%- endfor %}

)

select * from cubes
{%- endmacro %}

{#- The tables that name the certification, those that wait for the definitive edition, and the others: what each
    family is broken down by. -#}
{% macro familles_de_tableaux() -%}
    {%- set familles = {} -%}
    {%- for tableau in tableaux() -%}
        {%- set dimensions = familles.setdefault(tableau.famille, []) -%}
        {%- for colonne in tableau.dimensions if colonne not in dimensions -%}
            {%- do dimensions.append(colonne) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(familles) -%}
{%- endmacro %}

{#-
  Dossiers as totals count them; of cohorts that changed since the periods that are told were last told
  (`est_nouveau`), also as they were then (`signe` −1). Of a figure, a row tells what changed in it only if it told it
  both times (`…_est_redite`, `…_est_redit`), all rows of a family telling as much.
-#}
{% macro mouvements_des_comptes(comptes='comptes') -%}
{%- set dits = {'duree_est_redite': 'duree_est_dite', 'montant_est_redit': 'montant_est_dit'} -%}
{%- set changees = 'select cohorte from ' ~ modele('totaux_periodes') ~ ' where etait is not null' -%}
{%- set redites = 'select cohorte from ' ~ modele('totaux_periodes') ~ " where etait = 'premiere'" -%}
select
        mouvements.*,
        {%- for redit in dits %}
        coalesce(familles.{{ redit }}, false) as {{ redit }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            1 as signe,
            coalesce(cohorte in ({{ changees }}), false) as est_nouveau,
            *
        from {{ modele(comptes) }}
        union all by name
        select
            -1 as signe,
            true as est_nouveau,
            *
        from {{ modele('totaux_premiers') }}
        where cohorte in ({{ redites }})
    ) as mouvements
    left join (
        select
            num_famille,
            {%- for redit, dit in dits.items() %}
            bool_and({{ dit }}) as {{ redit }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select
                num_famille,
                {{ dits.values() | join(', ') }}
            from {{ modele(comptes) }}
            where cohorte in ({{ changees }})
            union all
            select
                num_ligne,
                {{ dits.values() | join(', ') }}
            from {{ modele('totaux_premiers') }}
            where cohorte in ({{ redites }})
        )
        where num_famille is not null
        group by num_famille
    ) as familles
        on coalesce(if(mouvements.signe = 1, mouvements.num_famille, mouvements.num_ligne), -1) = familles.num_famille
{%- endmacro %}
