-- By table: its cells, the secret ones, and the share of dossiers and euros that these hold.
select
    tableau,
    count(*) as cellules,
    count_if(diffusion = 'secret') as secretes,
    coalesce(sum(nb_dossiers) filter (where diffusion = 'secret'), 0)::double / sum(nb_dossiers) as part_dossiers,
    coalesce(sum(montant_engage) filter (where diffusion = 'secret'), 0)::double / nullif(sum(montant_engage), 0) as part_euros,
    count_if(diffusion = 'publie' and not est_connue)::double / count(*) as part_anciens
from cellules_totaux
group by tableau
order by tableau
