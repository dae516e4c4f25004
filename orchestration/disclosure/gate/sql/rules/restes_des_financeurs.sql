select
    1 as examines,
    (count(distinct titulaire) between 1 and {{ seuil - 1 }})::integer as anomalies
from paires
anti join attributions using (num_ligne, financeur)
inner join contributions using (num_ligne, financeur)
where cachee
