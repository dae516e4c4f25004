select
    count(*) as examines,
    count_if(coalesce({{ personnes }}, 0) < {{ seuil }}) as anomalies
from fichier
