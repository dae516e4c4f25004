-- A column that is neither counted nor given up (a label, a situation, another code, whether amounts are told
-- by financer) says nothing more than the others: it is the same wherever one of them is, or wherever a row
-- tells as much of its amounts. All rows are judged: those that are not published anew follow registers too.
{%- set sources = dimensions + ['montants_dits'] %}
with

lignes as (

    select
        {% for colonne in impliquees -%}
        coalesce(fichier.{{ colonne }}::varchar, '') as {{ colonne }},
        {% endfor -%}
        fichier.{{ dimensions | join(', fichier.') }},
        case
            when fichier.montant_engage is null then 'rien'
            when fichier.montant_non_ventile = 0 then 'par financeur'
            else 'en partie'
        end as montants_dits
    from fichier

),

variantes as (

    {% for dimension in sources -%}
    select
        {% for colonne in impliquees -%}
        min({{ colonne }}) <> max({{ colonne }}) as {{ colonne }},
        {% endfor -%}
        '{{ dimension }}' as dimension
    from lignes
    group by {{ dimension }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

comptes as (

    select
        {% for colonne in impliquees -%}
        count_if({{ colonne }}) as {{ colonne }},
        {% endfor -%}
        dimension
    from variantes
    group by dimension

)

select
    {{ impliquees | length }} as examines,
    (
        0
        {%- for colonne in impliquees %}
        + coalesce(min({{ colonne }}), 0)
        {%- endfor %}
    ) as anomalies
from comptes
