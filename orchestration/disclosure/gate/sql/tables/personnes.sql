select
    num_ligne,
    titulaire,
    count(*) as nb_dossiers,
    sum(engage)::bigint as engage,
    sum(montant_titulaire)::bigint as montant_titulaire
from dossiers
inner join membres using (numero)
group by all
