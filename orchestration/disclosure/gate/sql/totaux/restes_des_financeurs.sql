-- What rows leave of an amount told by financer is nobody's, or enough persons'; so of what a person pays, told in two.
select
    count_if(dit is not null) as examines,
    count_if(
        dit is not null
        and (est_trop_peu or (chiffre in ('montant_titulaire', 'montant_reste_a_charge') and apart_est_trop_peu))
        and (chiffre <> 'montant_non_ventile' or tout_est_dit)
    ) as anomalies
from (
    select
        *,
        bool_or(est_trop_peu) filter (where chiffre in ('montant_titulaire', 'montant_reste_a_charge', 'participation', 'supplement')) over (partition by numero) as apart_est_trop_peu
    from financements_totaux
)
