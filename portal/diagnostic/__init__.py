"""Pages of the diagnosis and of the key figures: what a file of a dataset says, as a page.

Belongs here: a question of a page, its sentences, the same as CSV and JSON. Does not: computing an
indicator, which the published file has (``models/intermediate/diagnostic``).

- shown_tables: a statement on versions, as rows with their titles, as a page, CSV or JSON
- territories: ``/diagnostic``, a training body's offer, the state of a territory
- key_figures: ``/chiffres-cles`` and the series of one
- entries: the first page of each, for the front page and the site map
- habilitations: the signals of authorisation, of a certifier, a certification or a body
"""
