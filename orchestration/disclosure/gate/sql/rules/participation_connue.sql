-- What the rights pay and what is left to pay are told apart only if, the flat participation that everybody
-- knows once taken out, enough persons pay it, enough do not, and enough add to it.
select
    count(*) as examines,
    count_if(
        recomptes.contributeurs_supplement between 1 and {{ seuil - 1 }}
        or recomptes.maximum_supplement >= {{ dominance }} * nullif(recomptes.supplement, 0)
        or recomptes.contributeurs_participation between 1 and {{ seuil - 1 }}
        or (
            recomptes.contributeurs_participation > 0
            and recomptes.nb_titulaires - recomptes.contributeurs_participation < {{ seuil }}
        )
    ) as anomalies
from nouvelles
inner join recomptes using (num_ligne)
where nouvelles.montant_reste_a_charge is not null
