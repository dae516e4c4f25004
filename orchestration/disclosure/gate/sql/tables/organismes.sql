-- By row: how many training bodies are paid, and the largest part.
select
    num_ligne,
    count(*) as nombre,
    max(cents) as maximum
from (
    select
        num_ligne,
        siren_of,
        sum(montant_engage) as cents
    from membres
    group by num_ligne, siren_of
)
where cents <> 0
group by num_ligne
