-- By row and person: what is put together in montant_non_ventile, and how many parts the row does not tell.
{%- set parts = parts[:-1] %}
select
    personnes.num_ligne,
    personnes.titulaire,
    personnes.montant_non_ventile
    {%- for part in parts %}
    + if(nouvelles.{{ part }} is null, personnes.{{ part }}, 0)
    {%- endfor %} as cents,
    personnes.montant_non_ventile as sans_financeur,
    len(list_filter([
        {% for part in parts -%}
        nouvelles.{{ part }}{{ ',' if not loop.last }}
        {% endfor -%}
    ], lambda part: part is null)) as tus
from personnes
inner join nouvelles on personnes.num_ligne = nouvelles.num_ligne
where nouvelles.montant_engage is not null
