"""From delivered files to published versions: landing, models, gates, publications, the site.

cli: the words of ``cpf``. run: one run of the graph; definitions: the graph, assembled.
release: versions made and withdrawn. site: what tells of all of them. bucket: their copy elsewhere.
metadata: one version in each standard. quality, disclosure: the two gates.
dbt_models: dbt in the graph. erasure: persons taken out of all that holds them.
registry: what a version shows, and of whom. candidates: the files about to be published.
landing: delivered files, checked. dbt_plugin: the vault and its keys, for dbt.
diff: two versions compared. automation: when things run. generation: demo extracts.
warehouse, query: DuckDB, to write and to read. store: versions on the disk, verified.
datasets: what is declared of each. resources, progress: what a run is given, what it says.
keys, sql, files, html, settings: the ground that all stand on.
Each imports only what stands below it in this list (``lint-imports``, in ``pyproject.toml``).
"""
