select count(*) as tables
from duckdb_tables()
where database_name = 'entrepot' and table_name in ({% for jeu in jeux %}'{{ jeu }}'{{ ', ' if not loop.last }}{% endfor %})
