-- Row × financer: what its dossiers hold, and whether the row puts it in common. What nobody is known
-- to finance is in common as soon as another amount is put there with it.
with

communs as (

    select
        num_ligne,
        financeur,
        (100 * montant)::bigint as tu
    from {{ tables.communs }}

),

ensemble as (

    select
        num_ligne,
        financeur,
        coalesce(montants.total, 0) as total,
        coalesce(montants.contributeurs, 0) as contributeurs,
        coalesce(montants.maximum, 0) as maximum,
        coalesce(communs.tu, 0) as tu
    from montants
    full join communs using (num_ligne, financeur)

)

select
    *,
    tu <> 0
    or (
        total <> 0
        and financeur = 'montant_non_ventile'
        and bool_or(tu <> 0) over (partition by num_ligne)
    ) as cachee
from ensemble
