-- A total moves by nobody's part, or by that of enough persons; one that was behind, by enough persons only.
select
    count_if(est_redite) as examines,
    count_if(
        est_redite and (trop_peu_dossiers or trop_peu_montant or (trop_peu_heures and duree_avant is not null and duree_dite is not null))
    ) as anomalies
from cellules_totaux
left join evolutions on cellules_totaux.numero = evolutions.numero
