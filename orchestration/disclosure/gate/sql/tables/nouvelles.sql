-- The rows that this version adds.
select diffusion.*
from {{ tables.diffusion }} as diffusion
semi join {{ tables.editions }} as editions on diffusion.cohorte = editions.cohorte
