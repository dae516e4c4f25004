select
    count(*) as examines,
    count_if(montant_engage <> {{ montants | join(' + ') }}) as anomalies
from fichier
