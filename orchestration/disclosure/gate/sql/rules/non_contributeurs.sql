-- Having it says something of a person: enough must not have it. What is told of the country only is told by
-- no row.
{%- set nommes = (sensibles + nationaux) | join("', '") %}
select
    count(*) as examines,
    count_if(
        chiffre in ('{{ nationaux | join("', '") }}')
        or personnes - contributeurs < {{ seuil }}
    ) as anomalies
from dits
where
    publie is not null
    and chiffre in ('{{ nommes }}')
