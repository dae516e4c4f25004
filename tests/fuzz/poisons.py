"""What an attacker, or a mistake, puts into a clause: words of SQL, functions of DuckDB, odd texts.

Belongs here: the list. Does not: where they are put (``mangle``).
"""

from tests.fuzz.workshop import PRIVATE, SECRET_FILE, VARIABLE

POISONS = (
    "(select mot from coffre.secrets)", "secret()", "coffre.secrets.mot", f'"{PRIVATE}".donnees',
    f"{PRIVATE}.main.donnees.mot", "memory.main.secrets", "secrets", "mot", f"getenv('{VARIABLE}')",
    f"getvariable('{VARIABLE}')", f"read_text('{SECRET_FILE}')", f"read_csv('../{SECRET_FILE}')",
    "read_blob('/etc/passwd')", "read_parquet('*')", "glob('*')", f"'{SECRET_FILE}'", "sniff_csv('x')",
    "duckdb_settings()", "duckdb_tables()", "duckdb_secrets()", "current_setting('temp_directory')",
    "query('select 1')", "query_table('secrets')", "st_read('x')", "read_xlsx('x')",
    "sql_auto_complete('a')", "union select mot from secrets",
    ") union all select mot from secrets --", "' or '1'='1", "'; drop table secrets; --",
    "; select 1", ";", "--", "/*", "*/", "/* x */", "#", "'", '"', "`", "\\", "\\'", "''", "$1",
    "$mot", "?", "?1", "{}", "{0}", "{0.__class__}", "%s", "%(x)s", ":mot", "\x00", "'\x00'",
    "\r\n", "\u2028", "\ufeff", "é", "e\u0301", "İ", "ß", "🦆", "\u202e", "\ud800", "1e309",
    "-1e400", "9" * 30, "0." + "1" * 40, "1e-400", "0x10", "1_000", "NaN", "'NaN'", "inf",
    "'Infinity'", "170141183460469231731687303715884105728", "date'99999'", "date'0000'",
    "date'2020-02-30'", "date'2020-01-01T25:00'", "now(years=999999999)",
    "now(day=99999999999999999999)", "geom'POINT(x)'", "geom'POINT(1e400 0)'", "geom'POINT EMPTY'",
    "geom'POLYGON((0 0))'", "geom'{}'", "geom'" + "00" * 9 + "'", "geom'{\"type\":\"Feature\"}'",
    "interval '1' year", "cast(texte as blob)", "texte::blob", "[1,2]", "[1 to", "lambda x: x",
    "x -> x", "case when true then 1 end", "exists(select 1)", "over ()", "filter (where true)",
    "rowid", "d.rowid", "d", "donnees", "groupes", "ensemble", "k0", "a0", "v0", "valeurs_0",
    "mots_1", "enumeration_2", "_id", "_size", "_timestamp", "recordid", "datasetid",
    "record_timestamp", "record_size", "*", "**", "null", "true", "not", "and", "in", "like", "is",
    "as", "desc", ",", "..", "()", "[", "]", "facet(name=\"x\")", "include(*)", "exclude(*)",
    "random(1)", "random(1e400)", "range(nombre, 0)", "range(nombre, -1)", "range(nombre, 1e400)",
    "range(jour, 999999 y)", "geo_cluster(lieu, 99)", "percentile(nombre, 101)",
    "percentile(nombre, -1)", "percentile(nombre, id)", "sum(sum(id))", "count(distinct lieu)",
    "count(distinct forme)", "min(lieu)", "avg(jour)", "length(1)", "lower(jour)",
    "date_format(texte, 'y')", "date_format(jour, '%Y%S')", "json_format(lieu)", "ifnull(lieu, 1)",
    "ifnull(lieu, forme)", "ifnull(liste, 'a')", "distance(forme, geom'POINT(0 0)')", "-'a'",
    "-lieu", "1/0", "entier % 2", "2 ** 3", "nombre * 1e308 * 1e308", "id * 9223372036854775807",
    "9223372036854775807 + id",
)  # fmt: skip
