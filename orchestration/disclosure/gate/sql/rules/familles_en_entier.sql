-- Of a row whose amount (or mean duration) was told by the provisional edition, the definitive one tells all
-- the parts, or none: the last one would be told by the others. And its rows count each person once: who is
-- in several of them would be told by their sum.
with

effectifs as (

    select
        num_famille,
        count(distinct titulaire) as nb_titulaires
    from personnes
    group by num_famille

),

familles as (

    select
        recomptes.num_famille,
        count(*) as lignes,
        sum(nouvelles.nb_titulaires) as nb_titulaires,
        count(nouvelles.montant_engage) as montants,
        count(nouvelles.duree_moyenne) as durees
    from nouvelles
    inner join recomptes using (num_ligne)
    group by recomptes.num_famille

)

select
    count(*) as examines,
    count_if(
        (avant.montant_engage is not null and montants between 1 and lignes - 1)
        or (avant.duree_moyenne is not null and durees between 1 and lignes - 1)
        or familles.nb_titulaires <> effectifs.nb_titulaires
    ) as anomalies
from familles
inner join effectifs on familles.num_famille = effectifs.num_famille
inner join {{ lignes_avant }} as avant on familles.num_famille = avant.num_ligne
