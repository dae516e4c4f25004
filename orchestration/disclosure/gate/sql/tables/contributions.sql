select * from versements
union all by name
select
    num_ligne,
    titulaire,
    'montant_titulaire' as financeur,
    montant_titulaire as cents
from personnes
where montant_titulaire <> 0
