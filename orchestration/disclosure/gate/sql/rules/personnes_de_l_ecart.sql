-- Where both datasets say something, something must be examined.
select
    count(*) as examines,
    (
        count(*) = 0
        or count(distinct titulaire) filter (where not est_commun) between 1 and {{ seuil - 1 }}
    )::integer as anomalies
from ecartes
