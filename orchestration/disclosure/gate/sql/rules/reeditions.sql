-- A cohort that the version before told is published again only from provisional to definitive, and as one
-- that follows.
select
    count(*) as examines,
    count_if(avant.edition <> 'provisoire' or editions.edition <> 'definitive' or not editions.est_suivie)
        as anomalies
from {{ tables.editions }} as editions
inner join (
    select distinct
        cohorte,
        edition
    from {{ lignes_avant }}
) as avant on editions.cohorte = avant.cohorte
