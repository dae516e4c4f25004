select
    niveau_diffusion,
    count(*) as lignes,
    sum(nb_dossiers)::bigint as dossiers,
    coalesce(sum(montant_engage), 0)::varchar as montant
from fichier
group by niveau_diffusion
order by niveau_diffusion
