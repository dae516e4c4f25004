-- A total moves by nobody's part, or by that of enough persons; one that was behind, by enough persons only.
select
    count_if(est_redite) as examines,
    count_if(est_redite and est_trop_peu) as anomalies
from cellules_totaux
left join evolutions on cellules_totaux.numero = evolutions.numero
