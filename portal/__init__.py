"""The portal: published versions, asked and read over HTTP. Nothing here writes a publication.

server: uvicorn, its processes and signals. application: the parts put together.
pages, sql: what people and SQL clients open. dashboards: charts, drawn, written and embedded.
api: the Explore API (v2.1, and those before it).
context: what handlers share. odsql: from the clauses of a query to SQL.
images: the rows of a version in a DuckDB file. packages: what a published folder says.
mirror: the folder that follows a bucket, when one is served.
engine: who runs when, on one DuckDB instance. http: what every request meets on its way.
metrics, errors, settings: what is counted, what clients are refused, what operators may change.
Each imports only what stands below it in this list.
"""
