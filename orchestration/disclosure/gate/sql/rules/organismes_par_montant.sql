select
    count(*) as examines,
    count_if(organismes < {{ organismes_minimum }} or maximum_organisme >= {{ dominance }} * total)
        as anomalies
from dits
where publie <> 0 and chiffre <> 'montant_non_ventile'
