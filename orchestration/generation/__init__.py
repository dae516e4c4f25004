"""Synthetic extracts: what the publisher's systems and the public registers would deliver.

Holds the draws and the formats of the five delivered sources; nothing here reads the landing or a
model. All persons and bodies are invented; magnitudes are the public figures, defects the rates.

- ``scales``: how much is generated, and where: the demo is a dense part of the country.
- ``generator``: writes all the extracts of a scale, a seed and a month.
- ``consumption``: monthly files of dossiers and financements, drawn in SQL.
- ``months``: how many dossiers each month validates.
- ``demand``: the tables of shares that this SQL joins.
- ``edof_xml``: the catalogue's XML.
- ``edof_contents``: its texts, addresses and contact persons.
- ``offer``: trainings, places, actions and sessions, with their prices.
- ``counts``: how many of each.
- ``prices``: how prices end.
- ``register_zip``: the register's archive.
- ``register_tables``: its ten files.
- ``training_bodies``: the bodies, each of a sector, and their liste publique.
- ``invented_certifications``: the certifications on sale.
- ``invented_names``: persons, streets and bodies that cannot be real.
- ``rates``: how often each defect is planted.
- ``reference``: public facts (``faits/*.csv``).
"""
