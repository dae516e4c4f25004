select
    count(*) as examines,
    count_if(
        coalesce(organismes.nombre, 0) < {{ organismes_minimum }}
        or organismes.maximum >= {{ dominance }} * recomptes.montant_engage
    ) as anomalies
from nouvelles
inner join recomptes using (num_ligne)
left join organismes using (num_ligne)
where nouvelles.montant_engage is not null
