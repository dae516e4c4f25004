select
    num_ligne,
    count(*) as nb_titulaires,
    sum(nb_dossiers)::bigint as nb_dossiers,
    sum(engage)::bigint as engage,
    max(engage) as maximum
from personnes
group by all
