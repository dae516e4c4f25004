{#-
  Totals as a mart tells them: what a table is not broken down by is `ENSEMBLE`. While a period is
  provisional, a table that waits for the definitive edition tells what it can, as rows do: the total of
  the others columns, of all statuses together (`REGROUPE`).
-#}
{% macro totaux_publics() -%}
{%- set tableaux = tableaux() -%}
{%- set dimensions = dimensions_des_totaux() -%}
{%- set fines = reglages().plan[0] + (reglages().tirees.items() | selectattr(1, 'in', reglages().plan[0]) | map(attribute=0) | list) -%}
with

totaux as (

    select * from {{ modele('totaux') }}

),

en_attente as (

    {%- for tableau in tableaux if tableau.est_ferme %}
    {%- set reste = tableau.dimensions | reject('in', fines) | list %}
    {%- for autre in tableaux if autre.grain == tableau.grain and autre.dimensions | sort == reste | sort %}
    select
        * replace (
            '{{ tableau.nom }}' as tableau
            {%- for colonne in tableau.dimensions if colonne in fines %},
            'REGROUPE' as {{ colonne }}
            {%- endfor %}
        )
    from totaux
    where
        tableau = '{{ autre.nom }}'
        and debut + interval {{ duree_de_periode(tableau.grain) + var('secret').mois_avant_definitif }} month > {{ jour_de_la_livraison() }} + 1
    union all by name
    {%- endfor %}
    {%- endfor %}
    select * from totaux
    where false

)

select
    tableau,
    case grain
        when 'mois' then strftime(debut, '%Y-%m')
        when 'trimestre' then strftime(debut, '%Y-T') || quarter(debut)
        else strftime(debut, '%Y')
    end as periode,
    if(grain = 'mois', strftime(debut, '%Y-%m'), 'ENSEMBLE') as mois,
    if(grain = 'annee', 'ENSEMBLE', strftime(debut, '%Y-T') || quarter(debut)) as trimestre,
    cast(year(debut) as integer) as annee,
    if(
        debut + to_months(case grain when 'mois' then 1 when 'trimestre' then 3 else 12 end + {{ var('secret').mois_avant_definitif }})
            <= dite_le + 1,
        'definitive',
        'provisoire'
    ) as edition,
    valeur_du,
    {% for colonne in dimensions if colonne != 'certification_suivie' -%}
    coalesce({{ colonne }}, {% if colonne == 'code_certification' %}certification_suivie, {% endif %}'ENSEMBLE') as {{ colonne }},
    {% endfor -%}
    if(nb_dossiers is null, 'secret', 'publie') as diffusion,
    {% for mesure in mesures_des_totaux() -%}
    {{ mesure }},
    {% endfor -%}
    montants_par_financeur
from (
    select * from totaux
    union all by name
    select * from en_attente
)
{%- endmacro %}
