select
    count(*) as examines,
    count_if(
        montant_engage <> {% for montant in ['montant_personne'] + montants[2:] %}coalesce({{ montant }}, 0){{ ' + ' if not loop.last }}{% endfor %}
        or montant_personne <> montant_titulaire + montant_reste_a_charge
    ) as anomalies
from fichier
