"""The site: what is told of all that is published, made anew at each publication.

Not here: what the documents of one version say (``metadata``), serving (``portal``).

- expose: which files there are, and writing them
- published: reading all publications as cards
- pages: the HTML pages; columns, snippets, which_file, cookbook: what they show of columns, how to
  query, which file answers, the recipes
- dcat: what any catalogue says, the portal's too; dcat_ap: ours; datagouv: for data.gouv.fr
- rdf: vocabularies, graphs as files
- atom: the feed of versions
"""
