"""Great Expectations, and only here: a frame and its rules go in, plain verdicts come out.

Belongs here: the context (ephemeral, silent, sends nothing) and running suites. Does not: rules,
reading files, reports. The library takes 4 to 15 s to import: never at the top of a module.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.quality.regles import ALERTE, Regle

if TYPE_CHECKING:
    import pandas as pd

EXEMPLES = 5


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one rule; ``lignes`` are labels of the frame's index."""

    success: bool
    evaluable: bool = True
    evalues: int = 0
    inattendus: int = 0
    lignes: tuple[int, ...] = ()
    observe: Any = None


NON_EVALUABLE = Verdict(success=False, evaluable=False)


class Moteur:
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

    def evaluer(self, cadre: "pd.DataFrame", regles: Sequence[Regle]) -> dict[str, Verdict]:
        """Validate ``cadre`` against ``regles``; one verdict per rule id."""
        self._suites += 1
        name = f"suite_{self._suites}"
        asset = self._source.add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe(name).get_batch({"dataframe": cadre})
        suite = self._gx.ExpectationSuite(
            name=name, expectations=[_expectation(rule) for rule in regles]
        )
        found = batch.validate(
            suite,
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": EXEMPLES},
        )
        self._source.delete_asset(name)
        # Results come back in another order: each is known by what its expectation carries.
        return {_regle(item): _verdict(item) for item in found.results}


def _expectation(regle: Regle) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    alert = regle.severity == ALERTE
    return ExpectationConfiguration(
        type=regle.type,
        kwargs=dict(regle.kwargs),
        meta={"regle": regle.id, "libelle": regle.libelle},
        severity=FailureSeverity.WARNING if alert else FailureSeverity.CRITICAL,
    ).to_domain_obj()


def _regle(item: Any) -> str:
    return str(item.expectation_config.meta["regle"])


def _verdict(item: Any) -> Verdict:
    result = item.result
    if not result:
        return NON_EVALUABLE
    return Verdict(
        success=bool(item.success),
        evalues=int(result.get("element_count", 0)) - int(result.get("missing_count") or 0),
        inattendus=int(result.get("unexpected_count", 0)),
        lignes=tuple(int(row) for row in result.get("partial_unexpected_index_list") or ()),
        observe=result.get("observed_value"),
    )
