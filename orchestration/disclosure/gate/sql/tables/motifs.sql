-- What each row puts in common and where it is told again: its pattern (`motif`). Rows of one pattern
-- are interchangeable, so that two (`copie`) stand for all: what follows of one follows of each.
with

rangees as (

    select
        num_ligne,
        financeur,
        num_groupe
    from paires
    left join attributions using (num_ligne, financeur)
    where cachee

),

nommees as (

    select
        num_ligne,
        hash(list(financeur || ' ' || coalesce(num_groupe::varchar, '') order by financeur)) as motif
    from rangees
    group by num_ligne

),

copies as (

    select
        *,
        row_number() over (partition by motif order by num_ligne) as copie
    from nommees

)

select
    rangees.*,
    copies.motif,
    copies.copie
from rangees
inner join copies using (num_ligne)
