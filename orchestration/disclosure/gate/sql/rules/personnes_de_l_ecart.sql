select
    1 as examines,
    (count(distinct titulaire) between 1 and {{ seuil - 1 }})::integer as anomalies
from ecartes
