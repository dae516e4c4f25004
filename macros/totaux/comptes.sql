{#-
  Where each dossier of a cohort published anew is (`sens` 1): what the totals may say of it, and the group
  (`num_famille`) that tells it, none if it waits. A row that stayed as it was tells dossiers that are no
  longer so: these are taken out again (`sens` −1).
-#}
{% macro situes() -%}
{%- set plan = reglages().plan -%}
{%- set etat = ['titulaire', 'siren_of', 'heures', 'montant_engage'] + tous_les_montants() + ['participation'] -%}
with

courants as (

    select
        cohorte,
        {% for colonne in plan[1:] | sum(start=[]) -%}
        {{ colonne }},
        {% endfor -%}
        unnest(numeros) as numero
    from {{ modele('cellules') }}

),

situes as (

    select
        courants.cohorte,
        1 as sens,
        familles.num_famille,
        {% for colonne in plan[1:] | sum(start=[]) -%}
        courants.{{ colonne }},
        {% endfor -%}
        {% for colonne in plan[0] + etat -%}
        dossiers.{{ colonne }}{{ ',' if not loop.last }}
        {% endfor %}
    from courants
    inner join {{ modele('dossiers') }} as dossiers on courants.numero = dossiers.numero
    left join {{ modele('familles') }} as familles on courants.numero = familles.numero
    {%- if registre('suivis') %}
    union all by name
    select
        lignes.cohorte,
        -1 as sens,
        lignes.num_ligne as num_famille,
        {% for colonne in plan[1:] | sum(start=[]) -%}
        lignes.{{ colonne }},
        {% endfor -%}
        {% for colonne in plan[0] + etat -%}
        etats.{{ colonne }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ modele('etats') }} as etats
    inner join {{ registre('lignes') }} as lignes on etats.num_famille = lignes.num_ligne
    semi join (select num_famille from {{ modele('suites') }} where suite = 'figee') as figees
        on etats.num_famille = figees.num_famille
    {%- endif %}

)

select * from situes
{%- endmacro %}

{#-
  What the totals count: the dossiers of all published cohorts, in their state on the day of the last edition
  of each, with the row that tells them (`num_ligne`, none if they wait), its `niveau` and what it says.
-#}
{% macro comptes() -%}
{%- set fines = reglages().plan[0] -%}
select
    situes.*,
    {% for derivee in derivees('situes') -%}
    {{ derivee.sql }} as {{ derivee.nom }},
    {% endfor -%}
    lignes.num_ligne,
    lignes.niveau_diffusion as niveau,
    lignes.montant_engage is not null as montant_est_dit,
    lignes.duree_moyenne is not null as duree_est_dite,
    coalesce(lignes.montant_non_ventile = 0, false) as financeurs_sont_dits,
    lignes.montant_titulaire is not null as parts_sont_dites
from {{ modele('situes') }} as situes
left join {{ modele('divisions') }} as divisions
    on
        situes.num_famille = divisions.num_famille
        {%- for fine in fines %}
        and situes.{{ fine }} = divisions.{{ fine }}
        {%- endfor %}
left join {{ modele('lignes') }} as lignes on coalesce(divisions.num_ligne, situes.num_famille) = lignes.num_ligne
{%- if registre('comptes') %}
union all by name
select * from {{ registre('comptes') }}
anti join {{ modele('editions') }} using (cohorte)
{%- endif %}
{%- endmacro %}

{#- The same, once some rows are silent of their amounts or hours: what the next version starts from. -#}
{% macro comptes_dits() -%}
{{ config(materialized='view') }}
{%- set montants = ['montant_est_dit', 'financeurs_sont_dits', 'parts_sont_dites'] -%}
select
    comptes.* replace (
        {%- for chiffre, dits in {'montant': montants, 'heures': ['duree_est_dite']}.items() %}
        {%- set derniere = loop.last %}
        {%- for est_dit in dits %}
        {{ est_dit }} and coalesce(num_famille not in (select num_famille from {{ modele('silences') }} where chiffre = '{{ chiffre }}'), true) as {{ est_dit }}{{ ',' if not (derniere and loop.last) }}
        {%- endfor %}
        {%- endfor %}
    )
from {{ modele('comptes') }} as comptes
{%- endmacro %}

{#- Columns that totals draw from those of the plan: never null, since totals are compared by them. -#}
{% macro derivees(source) -%}
    {%- do return([
        {
            'nom': 'type_referentiel',
            'de': 'code_certification',
            'sql': "coalesce(" ~ type_referentiel(source ~ '.code_certification') ~ ", 'AUCUN')",
        },
        {
            'nom': 'certification_suivie',
            'de': 'code_certification',
            'sql': "if((" ~ source ~ ".code_certification, year(" ~ source ~ ".cohorte)) in (select code_certification, annee from "
                ~ modele('suivies') ~ "), " ~ source ~ ".code_certification, 'REGROUPE')",
        } if 'certification_suivie' in reglages().tirees else {'nom': none},
        {'nom': 'situation', 'de': 'csp', 'sql': situation(source ~ '.csp')},
    ] | selectattr('nom', 'in', reglages().tirees) | list) -%}
{%- endmacro %}
