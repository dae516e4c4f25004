select
    (select count(*) from dossiers) as attaches,
    (select coalesce(sum(nb_dossiers), 0) from {{ tables.cellules }}) as annonces
