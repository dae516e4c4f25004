-- Of each cell: whether the file tells it as it is, and how many persons it would expose.
select
    cellules_totaux.numero::bigint as numero,
    est_connue,
    coalesce(exposes_totaux.nb_exposes, if(nb_non_dits > {{ seuil }} * {{ au_plus }}, nb_non_dits // {{ au_plus }}, 0))::double as exposes
from cellules_totaux
left join exposes_totaux on cellules_totaux.numero = exposes_totaux.numero
order by cellules_totaux.numero
