select distinct {{ (gardees[1] + [sensible]) | join(', ') }}
from unanimes
order by all
limit {{ limite }}
