-- Published figures, hidden amounts, those that follow, and those of too few contributors among them.
with

suspectes as (

    select count(*) as nombre
    from paires
    semi join connues using (num_ligne, financeur)
    where contributeurs < {{ seuil }} or maximum >= {{ dominance }} * abs(total)

)

select
    (select count(*) filter (where total <> 0 and not cachee) from paires)
    + (select count(distinct num_ligne) filter (where cachee) from paires)
    + (select count(*) from ventiles) as chiffres,
    (select count(*) filter (where cachee) from paires) as inconnues,
    (select count(*) from connues) as determinees,
    (select nombre from suspectes) as fuites
