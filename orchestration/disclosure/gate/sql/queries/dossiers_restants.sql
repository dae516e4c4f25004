select coalesce(sum(dossiers), 0)::bigint as dossiers
from reste
