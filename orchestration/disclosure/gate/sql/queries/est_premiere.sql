select count(*) = 0 as est_premiere
from duckdb_views()
where database_name = 'coffre' and schema_name = 'registre' and view_name = '{{ jeu }}__lignes'
