{%- macro nommee(table, colonne) -%}
    coalesce({{ table }}.{{ colonne }}{% for nom, de in en_partie.items() if de == colonne %}, {{ table }}.{{ nom }}{% endfor %})
{%- endmacro -%}
{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
-- The cells of a table that add up to each cell of another, where these are all there.
with

{%- for nom in en_partie %}

nommees as (

    select distinct
        {{ nom }} as nom,
        year(debut) as annee
    from cellules_totaux
    where tableau = '{{ total.nom }}' and {{ nom }} <> 'REGROUPE'

),
{%- endfor %}

liens as (

    select
        totaux.numero as total,
        parts.numero as part,
        totaux.nb_dossiers,
        parts.nb_dossiers as nb_dossiers_part
    from cellules_totaux as totaux
    inner join cellules_totaux as parts
        on
            date_trunc('{{ pas[total.grain] }}', parts.debut)::date = totaux.debut
            {%- for colonne in total.columns %}
            {%- if total.names_in_part and not parts.names_in_part and colonne in en_partie.values() %}
            and if(
                (parts.{{ colonne }}, year(parts.debut)) in (select nom, annee from nommees),
                parts.{{ colonne }}, 'REGROUPE'
            ) = {{ nommee("totaux", colonne) }}
            {%- else %}
            and {{ nommee("parts", colonne) }} = {{ nommee("totaux", colonne) }}
            {%- endif %}
            {%- endfor %}
    where totaux.est_en_vue and totaux.tableau = '{{ total.nom }}' and parts.tableau = '{{ parts.nom }}'

)

select
    total,
    part
from liens
qualify sum(nb_dossiers_part) over (partition by total) = nb_dossiers
