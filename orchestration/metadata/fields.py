"""The columns of a version, and what metadata say of their values: kind, list, form, example."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.datasets import Column, Dataset, read_datasets
from orchestration.metadata.version_card import VersionCard
from orchestration.quality.suite import CRITICAL, Suite, codes, read_suite

TEXT, INTEGER, DECIMAL, DATE, BOOLEAN = "texte", "entier", "decimal", "date", "booleen"
_KINDS = {
    "VARCHAR": TEXT,
    "INTEGER": INTEGER,
    "BIGINT": INTEGER,
    "DECIMAL": DECIMAL,
    "DATE": DATE,
    "BOOLEAN": BOOLEAN,
}
# A longer list is a nomenclature to be read elsewhere (2,632 Formacodes); départements are 101.
MAX_LIST_LENGTH = 150
# What is published instead of a value that is generalised, of a code or of a label not given.
UNKNOWN_CODE, UNKNOWN_LABEL = "NR", "Non renseigné"
_IN_SET = "expect_column_values_to_be_in_set"
_MATCHES_REGEX = "expect_column_values_to_match_regex"


@dataclass(frozen=True)
class Field:
    """A column. ``values`` lists all that it may hold besides nothing, when that is short.

    ``pattern`` is a regular expression of the whole value, without anchors; ``example`` is a value
    as the CSV writes it; ``former_names`` are those that programs may still ask it by.
    """

    column: Column
    nature: str
    values: tuple[str, ...]
    pattern: str | None
    example: str | None
    facet: bool
    former_names: tuple[str, ...] = ()

    @property
    def sortable(self) -> bool:
        """Tell whether sorting by it means something: quantities, dates, and facets."""
        return self.nature != TEXT or self.facet


def fields(card: VersionCard) -> tuple[Field, ...]:
    """Return the columns of a version, in the order of its files."""
    dataset = card.dataset
    suite = read_suite(dataset)
    lists, forms = dict(_code_lists(dataset, suite)), dict(_patterns(suite))
    return tuple(
        Field(
            column=column,
            nature=_KINDS[column.type.partition("(")[0]],
            values=lists.get(column.nom, ()),
            pattern=forms.get(column.nom),
            example=card.examples.get(column.nom),
            facet=column.nom in dataset.facets,
            former_names=tuple(old for old, new in dataset.alias.items() if new == column.nom),
        )
        for column in dataset.colonnes
    )


def key_never_null(dataset: Dataset) -> bool:
    """Tell whether no column of the key is ever empty, as a primary key demands."""
    required = {column.nom for column in dataset.colonnes if column.required}
    return set(dataset.key) <= required


def _code_lists(dataset: Dataset, suite: Suite) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the short lists: of the declared nomenclatures, then of the rules, more exact."""
    values_by_column: dict[str, list[str]] = {}
    for column in dataset.colonnes:
        if column.code_list:
            seed, _, name = column.code_list.partition(".")
            unknown = UNKNOWN_CODE if name == "code" else UNKNOWN_LABEL
            values_by_column[column.nom] = [
                *codes(seed, name),
                *((unknown, *dataset.group_marks) if dataset.group_marks else ()),
            ]
    if dataset.totals_of:
        declared = read_datasets()[dataset.totals_of]
        values_by_column["tableau"] = [table.nom for table in declared.tables]
    for rule in suite.expectations:
        if rule.type == _IN_SET and not rule.condition and not rule.row_filter:
            values_by_column[rule.kwargs["column"]] = rule.kwargs["value_set"]
    for name, values in values_by_column.items():
        distinct_values = tuple(dict.fromkeys(values))
        if len(distinct_values) <= MAX_LIST_LENGTH:
            yield name, distinct_values


def _patterns(suite: Suite) -> Iterator[tuple[str, str]]:
    for rule in suite.expectations:
        if rule.type == _MATCHES_REGEX and rule.severity == CRITICAL and not rule.row_filter:
            # XML Schema's expressions, which the standards name, have neither anchor nor "(?:".
            form = rule.kwargs["regex"].removeprefix("^").removesuffix("$")
            yield rule.kwargs["column"], form.replace("(?:", "(")
