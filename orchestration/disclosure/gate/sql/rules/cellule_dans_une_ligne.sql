-- A whole population below the threshold is not published at all.
select
    count(*) as examines,
    count_if(
        (select count(*) from {{ tables.partition }}) > 0
        and (lignes <> 1 or recompte is distinct from annonce)
    ) as anomalies
from (
    select
        annonces.numeros[1] as numero,
        any_value(annonces.nb_dossiers) as annonce,
        count(membres.numero) as lignes,
        any_value(cellules.nb_dossiers) as recompte
    from {{ tables.cellules }} as annonces
    left join membres on annonces.numeros[1] = membres.numero
    left join cellules on annonces.numeros[1] = cellules.numero
    group by annonces.numeros[1]
)
