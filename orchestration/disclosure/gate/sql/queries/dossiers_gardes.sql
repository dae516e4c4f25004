select coalesce(sum(dossiers), 0)::bigint as dossiers
from reste
semi join gardes using (groupe_{{ niveau }})
