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
  (`est_nouveau`), also as they were then (`signe` −1).
-#}
{% macro mouvements_des_comptes(comptes='comptes') -%}
select
        1 as signe,
        changees.cohorte is not null as est_nouveau,
        comptes.*
    from {{ modele(comptes) }} as comptes
    left join (
        select distinct cohorte from {{ modele('totaux_periodes') }}
        where etait is not null
    ) as changees on comptes.cohorte = changees.cohorte
    union all by name
    select
        -1 as signe,
        true as est_nouveau,
        *
    from {{ modele('totaux_premiers') }}
    semi join (
        select cohorte from {{ modele('totaux_periodes') }}
        where etait = 'premiere'
    ) as changees using (cohorte)
{%- endmacro %}
