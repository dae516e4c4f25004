-- What became of the provisional rows that this version makes definitive: brought up to date, or kept
-- (whether nobody or too few changed is not said).
select
    if(suite = 'revisee', 'mise_a_jour', 'gardee') as suite,
    count(*) as lignes
from {{ tables.suites }}
where suite is not null
group by all
order by suite
