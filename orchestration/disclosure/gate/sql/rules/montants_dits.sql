-- (What is together in montant_non_ventile is judged by `montants_en_commun`.)
select
    count(*) as examines,
    count_if(contributeurs < {{ seuil }} or maximum >= {{ dominance }} * total) as anomalies
from dits
where publie <> 0 and chiffre <> 'montant_non_ventile'
