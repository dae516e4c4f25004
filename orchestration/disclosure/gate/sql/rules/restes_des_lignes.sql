select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }}) as anomalies
from (
    select
        num_ligne,
        count(distinct titulaire) as contributeurs
    from paires
    anti join connues using (num_ligne, financeur)
    semi join (select num_ligne from connues) as partielles using (num_ligne)
    inner join contributions using (num_ligne, financeur)
    where cachee
    group by num_ligne
)
