-- By row and person: what is put together in montant_non_ventile, with how many financers are in it.
{%- set parts = ['montant_personne'] + montants[2:] %}
select
    personnes.num_ligne,
    personnes.titulaire,
    {% for part in parts -%}
    {% if part == 'montant_non_ventile' -%}
    personnes.montant_non_ventile
    {%- else -%}
    if(nouvelles.{{ part }} is null, personnes.{{ part }}, 0)
    {%- endif %}{{ ' +' if not loop.last }}
    {% endfor %} as cents
    {%- for part in parts %},
    {% if part == 'montant_non_ventile' %}personnes.{{ part }} <> 0{% else %}nouvelles.{{ part }} is null and personnes.{{ part }} <> 0{% endif %} as a_{{ part }}
    {%- endfor %}
from personnes
inner join nouvelles on personnes.num_ligne = nouvelles.num_ligne
where nouvelles.montant_engage is not null
