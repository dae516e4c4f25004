"""Where the rows of a dataset come from: dossiers and registers, or the publisher's open data."""

from dataclasses import replace

from orchestration.candidates.deliveries import Supply, supply
from orchestration.datasets import Dataset, read_datasets


def in_use(dataset: Dataset) -> Dataset:
    """Return ``dataset`` as what landed last feeds it: itself, or as its publisher published it."""
    public = dataset.as_published
    if public is None:
        return dataset
    fed = supply(dataset)
    if fed.filiere != public.sources[0]:
        return dataset
    return described(dataset, statement(fed))


def described(dataset: Dataset, said: str | None) -> Dataset:
    """Return ``dataset`` as its publisher published it, with what is ``said`` of where it is from.

    ``dataset`` itself where nothing is said, or where it has no such form.
    """
    public = dataset.as_published
    if public is None or said is None:
        return dataset
    sentence = f"{said[0].upper()}{said[1:]}.".replace(";", " ;")
    return replace(public, description=f"{public.description} {sentence}".strip())


def statement(fed: Supply) -> str | None:
    """Say in French where public rows come from; None before any has landed."""
    date = fed.latest_date
    if date is None:
        return None
    return (
        f"issues des données ouvertes du producteur du {date.isoformat()}; "
        "aucun contrôle de diffusion ajouté"
    )


def rests(dataset: Dataset) -> bool:
    """Tell whether exact totals rest: the rows that they go with are the publisher's, not ours."""
    if dataset.totals_of is None:
        return False
    return in_use(read_datasets()[dataset.totals_of]).origin is not None
