select
    count(*) as examines,
    count_if(
        (lignes.nb_titulaires, lignes.nb_dossiers, lignes.engage) is distinct from
        (annonces.nb_titulaires, annonces.nb_dossiers, (100 * annonces.montant_engage)::bigint)
    ) as anomalies
from {{ tables.partition }} as annonces
left join lignes using (num_ligne)
