select count(*) as tables
from duckdb_tables()
where database_name = 'coffre' and schema_name = 'marts' and table_name in ('{{ jeux | join("', '") }}')
