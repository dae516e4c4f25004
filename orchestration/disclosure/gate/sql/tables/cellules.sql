select
    numero,
    count(*) as nb_dossiers,
    count(distinct titulaire) as nb_titulaires
from dossiers
group by numero
