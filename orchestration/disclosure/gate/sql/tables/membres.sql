-- The cells of each row.
select
    num_ligne,
    niveau_diffusion as niveau,
    unnest(numeros) as numero
from {{ tables.partition }}
