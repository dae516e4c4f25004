-- Published figures, hidden amounts, those that follow, and those of too few contributors among them.
select
    (select count(*) from paires where total <> 0 and not cachee)
    + (select count(distinct num_ligne) from paires where cachee)
    + (select count(*) from ventiles) as chiffres,
    (select count(*) from paires where cachee) as inconnues,
    (select count(*) from connues) as determinees,
    (
        select count(*) from paires
        semi join connues using (num_ligne, financeur)
        where contributeurs < {{ seuil }} or maximum >= {{ dominance }} * abs(total)
    ) as fuites
