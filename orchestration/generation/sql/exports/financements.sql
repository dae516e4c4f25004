-- What each financer pays of a dossier, in its last delivery.
select
    id_dossier,
    code_financeur,
    try_cast(montant as decimal(12, 2)) as montant
from read_csv($financements, delim = ';', header = true, all_varchar = true)
qualify row_number() over (
    partition by id_dossier, code_financeur order by date_derniere_modification desc
) = 1
