"""Methods that leak, planted in place of the sound one: each table gives kinds of leaks and the
rules that must catch them. method: a change of the macros and models, and what shows that it
leaks. persons, amounts: in what the rows of one version tell. between_versions: in what changes
from the provisional edition to the definitive one. between_datasets: in the difference of the two
datasets.
"""
