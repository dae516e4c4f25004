-- Both datasets count entries, and the sum of a period is exact in each: what one counts and the other does
-- not is nobody, or enough persons, in every period.
select
    count(*) as examines,
    count_if(nombre between 1 and {{ seuil - 1 }}) as anomalies
from (
    select
        count(distinct if(
            comptes_large.numero is null or comptes_etroit.numero is null, dossiers.titulaire, null
        )) as nombre
    from {{ tables.dossiers }} as dossiers
    left join comptes_large on dossiers.numero = comptes_large.numero
    left join comptes_etroit on dossiers.numero = comptes_etroit.numero
    where comptes_large.numero is not null or comptes_etroit.numero is not null
    group by date_trunc('quarter', dossiers.date_entree)
)
