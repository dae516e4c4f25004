"""The publisher's own open exports of purchases, users, entries and exits, landed by roles.

Not here: the export of the offer, whose columns are known by name (``sources/portail.py``).

- roles: which column of a file plays which role, and how sure that is
- financer_words: words that name a financer
- values: SQL of the values as other tools write them (months, quarters, masks, places)
- purchases, users, entries: what each export holds
- certification_codes: the codes of a certification
- definition: what an export holds, and how each value is read
- export: from a file to its deposit
- personal_names: what no public export has
- recognition: which of the four exports a header is of
"""
