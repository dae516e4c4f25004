select
    count(*) as examines,
    count_if(engage > 0 and maximum >= {{ dominance }} * engage) as anomalies
from lignes
