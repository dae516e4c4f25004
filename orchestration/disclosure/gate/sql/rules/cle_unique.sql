select
    count(*) as examines,
    count(*) - count(distinct row({{ cle | join(', ') }})) as anomalies
from fichier
