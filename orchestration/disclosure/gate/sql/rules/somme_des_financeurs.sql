select
    count(*) as examines,
    count_if(
        montant_engage <> 0
        {%- for part in parts %}
        + coalesce({{ part }}, 0)
        {%- endfor %}
        or montant_personne <> montant_titulaire + montant_reste_a_charge
    ) as anomalies
from fichier
