-- The groups of a level that a threshold alone keeps.
select groupe_{{ niveau }}
from reste
group by groupe_{{ niveau }}
having sum(personnes) >= {{ seuil }}
