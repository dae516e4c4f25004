"""Great Expectations, and only here: a frame and its rules go in, plain verdicts come out.

Belongs here: the context (ephemeral, silent, sends nothing) and running suites. Does not: rules,
reading files, reports. The library takes 4 to 15 s to import: never at the top of a module.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.quality.suite import WARNING, Rule

if TYPE_CHECKING:
    import pandas as pd

MAX_EXAMPLES = 5


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one rule; ``lignes`` are labels of the frame's index."""

    success: bool
    evaluable: bool = True
    evalues: int = 0
    inattendus: int = 0
    lignes: tuple[int, ...] = ()
    observed: Any = None


NOT_EVALUABLE = Verdict(success=False, evaluable=False)


class Engine:
    """One ephemeral context, used for every suite of a control."""

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
        self._suites = 0

    def evaluate(self, frame: "pd.DataFrame", rules: Sequence[Rule]) -> dict[str, Verdict]:
        """Validate ``cadre`` against ``regles``; one verdict per rule id."""
        self._suites += 1
        name = f"suite_{self._suites}"
        asset = self._source.add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe(name).get_batch({"dataframe": frame})
        suite = self._gx.ExpectationSuite(
            name=name, expectations=[_expectation(rule) for rule in rules]
        )
        results = batch.validate(
            suite,
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": MAX_EXAMPLES},
        )
        self._source.delete_asset(name)
        # Results come back in another order: each is known by what its expectation carries.
        return {_rule_id(validation): _verdict(validation) for validation in results.results}


def _expectation(rule: Rule) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    alert = rule.severity == WARNING
    return ExpectationConfiguration(
        type=rule.type,
        kwargs=dict(rule.kwargs),
        meta={"regle": rule.id, "libelle": rule.libelle},
        severity=FailureSeverity.WARNING if alert else FailureSeverity.CRITICAL,
    ).to_domain_obj()


def _rule_id(validation: Any) -> str:
    return str(validation.expectation_config.meta["regle"])


def _verdict(validation: Any) -> Verdict:
    result = validation.result
    if not result:
        return NOT_EVALUABLE
    return Verdict(
        success=bool(validation.success),
        evalues=int(result.get("element_count", 0)) - int(result.get("missing_count") or 0),
        inattendus=int(result.get("unexpected_count", 0)),
        lignes=tuple(int(row) for row in result.get("partial_unexpected_index_list") or ()),
        observed=result.get("observed_value"),
    )
