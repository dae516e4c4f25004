select
    count(*) as examines,
    count_if(contributeurs_heures < {{ seuil }} or maximum_heures >= {{ dominance }} * heures) as anomalies
from nouvelles
inner join recomptes using (num_ligne)
where duree_moyenne is not null
