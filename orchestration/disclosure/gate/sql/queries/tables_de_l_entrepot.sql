select count(*) as tables
from duckdb_tables()
where database_name = 'entrepot' and table_name in ('{{ jeux | join("', '") }}')
