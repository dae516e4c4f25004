-- The hidden amounts, two rows of each pattern at most, and the figure that tells each again.
select
    num_ligne,
    financeur,
    motif,
    num_groupe::varchar || ' ' || financeur as annonce
from motifs
where copie <= 2
order by num_ligne, financeur
