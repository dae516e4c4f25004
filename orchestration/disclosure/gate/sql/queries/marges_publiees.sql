-- The blanked cells of each published margin of a level.
select marge_{{ niveau }} as marge
from masquees
semi join (
    select marge_{{ niveau }}
    from marges
    group by marge_{{ niveau }}
    having sum(personnes) >= {{ seuil }}
) using (marge_{{ niveau }})
