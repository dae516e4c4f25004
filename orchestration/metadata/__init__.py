"""What the documents of one version say, in the words of each standard.

Not here: what concerns all that is published (``site``), the rules that are checked (``quality``).

- version_card: the facts of a version and of who publishes it, whatever the standard
- fields: what is true of a column, whatever the standard
- examples: a published value of each column
- file_labels: what each file is for, in words
- documents: which documents there are
- frictionless, csvw, croissant, odcs, schema_org: the words of one standard each; a function takes
  a ``VersionCard`` and returns bytes
"""
