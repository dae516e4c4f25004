select
    count(*) as examines,
    count_if(coalesce(lignes.nb_titulaires, 0) < {{ seuil }}) as anomalies
from {{ tables.partition }}
left join lignes using (num_ligne)
