select
    count(nouvelles.num_ligne) as examines,
    count_if(coalesce(recomptes.nb_titulaires, 0) < {{ seuil }}) as anomalies
from nouvelles
left join recomptes using (num_ligne)
