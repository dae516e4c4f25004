"""Great Expectations, and only here: a frame and its suite go in, plain verdicts come out.

The context is ephemeral, silent and sends nothing. The library takes 4 to 15 s to import: never at
the top of a module.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from orchestration.quality.suite import WARNING, Expectation

if TYPE_CHECKING:
    import pandas as pd

MAX_EXAMPLES = 5


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one expectation; ``rows`` are labels of the frame's index."""

    success: bool
    evaluable: bool = True
    evaluated: int = 0
    unexpected: int = 0
    rows: tuple[int, ...] = ()
    observed: Any = None


NOT_EVALUABLE = Verdict(success=False, evaluable=False)


class Validator:
    """One ephemeral context of Great Expectations, for every suite of a control."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        self._gx = gx
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(
            globally=False, metric_calculations=False
        )
        self._source = self._context.data_sources.add_pandas("candidat")
        self._names = (f"suite_{number}" for number in count(1))

    def validate(
        self, frame: "pd.DataFrame", expectations: Sequence[Expectation]
    ) -> dict[str, Verdict]:
        """Validate ``frame`` against a suite of these; one verdict per id."""
        name = next(self._names)
        suite = self._gx.ExpectationSuite(
            name=name, expectations=[_expectation(expectation) for expectation in expectations]
        )
        batch = self._source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        definition = self._gx.ValidationDefinition(
            name=name, data=batch, suite=self._context.suites.add(suite)
        )
        validation = self._context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frame},
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": MAX_EXAMPLES},
        )
        self._source.delete_asset(name)
        # Results come back in another order: each is known by what its expectation carries.
        return {_expectation_id(result): _verdict(result) for result in validation.results}


def _expectation(expectation: Expectation) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    alert = expectation.severity == WARNING
    return ExpectationConfiguration(
        type=expectation.type,
        kwargs=dict(expectation.kwargs),
        meta={"id": expectation.id},
        severity=FailureSeverity.WARNING if alert else FailureSeverity.CRITICAL,
    ).to_domain_obj()


def _expectation_id(result: Any) -> str:
    return str(result.expectation_config.meta["id"])


def _verdict(result: Any) -> Verdict:
    figures = result.result
    if not figures:
        return NOT_EVALUABLE
    return Verdict(
        success=bool(result.success),
        evaluated=int(figures.get("element_count", 0)) - int(figures.get("missing_count") or 0),
        unexpected=int(figures.get("unexpected_count", 0)),
        rows=tuple(int(row) for row in figures.get("partial_unexpected_index_list") or ()),
        observed=figures.get("observed_value"),
    )
