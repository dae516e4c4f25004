-- What became of the provisional rows that this version makes definitive.
select
    suite,
    count(*) as lignes
from {{ tables.suites }}
where suite is not null
group by suite
order by suite
