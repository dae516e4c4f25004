-- The units that rows hide: each row is one equation.
select
    num_ligne,
    unite,
    personnes
from arbres
