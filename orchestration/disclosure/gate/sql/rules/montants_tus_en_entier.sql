select
    count(*) as examines,
    count_if(total <> tu) as anomalies
from paires
where tu <> 0
