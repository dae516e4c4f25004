select
    niveau_diffusion,
    count(*) as lignes,
    sum(nb_dossiers)::bigint as dossiers,
    sum(montant_engage)::varchar as montant
from fichier
where niveau_diffusion <= {{ gardees | length }}
group by niveau_diffusion
order by niveau_diffusion
