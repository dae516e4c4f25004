select
    count(*) as examines,
    count_if(organismes < {{ organismes_minimum }} or maximum_organisme >= {{ dominance }} * total)
        as anomalies
from dits
where publie is not null and chiffre <> 'montant_non_ventile'
