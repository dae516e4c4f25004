-- The hidden amounts that follow from the published ones: those whose pattern was deduced.
select
    num_ligne,
    financeur
from motifs
semi join deduites using (motif, financeur)
