-- What rows leave of a told total is nobody's, or enough persons'.
select
    count_if(est_connue) as examines,
    count_if(est_connue and est_trop_peu) as anomalies
from cellules_totaux
left join exposes_totaux on cellules_totaux.numero = exposes_totaux.numero
