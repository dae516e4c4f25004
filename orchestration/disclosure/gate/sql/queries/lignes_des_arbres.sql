-- The rows that hide units, in the order of their numbers.
select
    num_ligne,
    nb_titulaires,
    nb_dossiers
from recomptes
semi join (
    select num_ligne
    from arbres
    where niveau_diffusion < {{ avant }}
) as hautes using (num_ligne)
order by num_ligne
