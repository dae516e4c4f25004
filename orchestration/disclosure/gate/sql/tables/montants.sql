select
    num_ligne,
    financeur,
    sum(cents)::bigint as total,
    count(*) as contributeurs,
    max(abs(cents)) as maximum
from contributions
group by all
