select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }} or maximum >= {{ dominance }} * abs(total)) as anomalies
from paires
where total <> 0 and not cachee
