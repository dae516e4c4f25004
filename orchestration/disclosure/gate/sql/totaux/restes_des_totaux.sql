-- What rows leave of a told total is nobody's, or enough persons'; so of what it tells of euros and hours.
select
    count_if(est_connue) as examines,
    count_if(est_connue and (trop_peu_dossiers or trop_peu_montant or (duree_dite is not null and trop_peu_heures))) as anomalies
from cellules_totaux
left join exposes_totaux on cellules_totaux.numero = exposes_totaux.numero
where est_en_vue
