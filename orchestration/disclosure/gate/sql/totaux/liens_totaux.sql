{%- macro nommee(table, colonne) -%}
    coalesce({{ table }}.{{ colonne }}{% for nom, de in en_partie.items() if de == colonne %}, {{ table }}.{{ nom }}{% endfor %})
{%- endmacro -%}
{% set pas = {"mois": "month", "trimestre": "quarter", "annee": "year"} -%}
-- The cells of a table that add up to each cell of another, where these are all there.
with

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
            and {{ nommee("parts", colonne) }} = {{ nommee("totaux", colonne) }}
            {%- endfor %}
    where totaux.tableau = '{{ total.nom }}' and parts.tableau = '{{ parts.nom }}'

)

select
    total,
    part
from liens
qualify sum(nb_dossiers_part) over (partition by total) = nb_dossiers
