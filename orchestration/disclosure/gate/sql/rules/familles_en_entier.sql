-- Of a row whose amount was told by the provisional edition, the definitive one tells all the parts, or none:
-- the last one would be told by the others.
select
    count(*) as examines,
    count_if(dites between 1 and lignes - 1) as anomalies
from (
    select
        recomptes.num_famille,
        count(*) as lignes,
        count(nouvelles.montant_engage) as dites
    from nouvelles
    inner join recomptes using (num_ligne)
    semi join (
        select num_ligne as num_famille
        from {{ lignes_avant }}
        where montant_engage is not null
    ) as dites using (num_famille)
    group by recomptes.num_famille
)
