select count(*) as periodes
from {{ tables.editions }}
where est_suivie
