-- Rows whose persons, published twice, differ by too few: who came or left for good is then known. The
-- last level takes in whatever finds no other place, and may lose it.
select count(*) as lignes
from {{ tables.diffusion }} as apres
inner join {{ tables.lignes_avant }} as avant using (num_ligne)
where
    apres.niveau_diffusion < {{ gardees | length }}
    and abs(apres.nb_titulaires - avant.nb_titulaires) between 1 and {{ seuil - 1 }}
