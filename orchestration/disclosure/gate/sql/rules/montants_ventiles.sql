select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }} or maximum >= {{ dominance }} * abs(total)) as anomalies
from ventiles
