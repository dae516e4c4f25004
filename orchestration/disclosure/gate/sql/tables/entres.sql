-- Where the cells hold fewer dossiers than look like theirs, those that enter this version.
select dossiers.*
from dossiers
semi join (
    select courants.rowid as rang
    from {{ tables.dossiers }} as courants
    semi join {{ tables.entrants }} using (id_dossier)
) using (rang)
