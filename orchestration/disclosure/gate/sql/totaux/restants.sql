-- The dossiers of the cohorts that this version publishes which no row tells as they are.
select *
from actuels
anti join membres on actuels.numero = membres.numero
where cohorte in (select cohorte from {{ tables.editions }})
