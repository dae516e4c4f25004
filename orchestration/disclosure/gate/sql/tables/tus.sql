-- By row and person: the cents that the row does not tell by financer, put together in montant_non_ventile.
select
    personnes.num_ligne,
    personnes.titulaire,
    {% for part in parts[:-1] -%}
    if(nouvelles.{{ part }} is null, personnes.{{ part }}, 0) as {{ part }},
    {% endfor -%}
    personnes.montant_non_ventile
from personnes
inner join nouvelles on personnes.num_ligne = nouvelles.num_ligne
where nouvelles.montant_engage is not null
