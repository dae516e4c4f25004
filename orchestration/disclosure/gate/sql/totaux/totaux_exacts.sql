-- A told total is what the vault counts, or what the version before told; a secret one says nothing.
select
    count(*) as examines,
    count_if(
        (diffusion is null and nb_dossiers > 0 and est_en_vue)
        or (diffusion = 'publie' and not ((est_connue and se_dit) or est_gardee))
        or (diffusion = 'secret' and (dossiers_dits is not null or titulaires_dits is not null or montant_dit is not null or duree_dite is not null or prix_dit is not null))
    ) as anomalies
from cellules_totaux
