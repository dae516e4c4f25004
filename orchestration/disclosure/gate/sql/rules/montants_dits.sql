-- What nobody has is not told either: an amount that is not would say that somebody has it. (What is
-- together in montant_non_ventile is judged by `montants_en_commun`.)
select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }} or maximum >= {{ dominance }} * total) as anomalies
from dits
where publie is not null and chiffre <> 'montant_non_ventile'
