select
    num_ligne,
    nb_titulaires,
    nb_dossiers
from recomptes
semi join arbres using (num_ligne)
order by num_ligne
