select
    count(*) as examines,
    count(*) - count(distinct ({{ cle | join(', ') }})) as anomalies
from fichier
