"""A dataset as the Explore API describes it: metadata, fields, features, attachments."""

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from portal.api.responses import api_base
from portal.packages.dataset import Dataset, ServedFile
from portal.packages.field import NUMERIC, TEMPORAL, Field, Type

# The names of the Explore API that a dataset always has, known or not.
_EMPTY_METAS: Mapping[str, Any] = {
    "title": None,
    "description": None,
    "theme": None,
    "keyword": None,
    "license": None,
    "license_url": None,
    "language": "fr",
    "metadata_languages": ["fr"],
    "timezone": None,
    "modified": None,
    "modified_updates_on_metadata_change": False,
    "modified_updates_on_data_change": True,
    "data_processed": None,
    "metadata_processed": None,
    "geographic_reference": None,
    "geographic_reference_auto": True,
    "territory": None,
    "geometry_types": None,
    "bbox": None,
    "publisher": None,
    "references": None,
    "records_count": None,
    "attributions": None,
    "source_domain": None,
    "source_domain_title": None,
    "source_domain_address": None,
    "source_dataset": None,
    "shared_catalog": None,
    "federated": False,
    "oauth_scope": None,
    "parent_domain": None,
    "update_frequency": None,
}


def dataset_object(dataset: Dataset, request: Request) -> dict[str, Any]:
    """Return a dataset, whole."""
    return {
        "visibility": "domain",
        "dataset_id": dataset.id,
        "dataset_uid": internal_id(dataset.id),
        "has_records": True,
        "features": features(dataset),
        "attachments": [attachment(dataset, item, request) for item in attachments(dataset)],
        "alternative_exports": [],
        "data_visible": True,
        "fields": [field(dataset, item) for item in dataset.fields],
        "metas": {"default": metas(dataset)},
    }


def internal_id(name: str) -> str:
    """Return what the API calls the uid of a dataset."""
    return "da_" + hashlib.sha256(name.encode()).hexdigest()[:6]


def metas(dataset: Dataset) -> dict[str, Any]:
    """Return the default metadata, those that are not known being null."""
    moment = dataset.modified.isoformat(timespec="seconds")
    known = {
        "modified": moment,
        "data_processed": moment,
        "metadata_processed": moment,
        "records_count": dataset.nombre,
        **dataset.metas,
    }
    return {**_EMPTY_METAS, **known}


def features(dataset: Dataset) -> list[str]:
    """Return what can be made of a dataset, in the words of the API."""
    types = {item.type for item in dataset.fields}
    names = []
    if types & (NUMERIC | TEMPORAL) or any(item.facet for item in dataset.fields):
        names.append("analyze")
    if types & TEMPORAL:
        names.append("timeserie")
    if types & {Type.GEO_POINT, Type.GEO_SHAPE}:
        names.append("geo")
    return names


def field(dataset: Dataset, item: Field) -> dict[str, Any]:
    """Return a field, with the older names that still answer for it."""
    old_names = [name for name, target in dataset.alias.items() if target == item.nom]
    return {
        "name": item.nom,
        "description": item.description,
        "annotations": {
            **item.annotations,
            **({"deprecated_names": old_names} if old_names else {}),
        },
        "label": item.label,
        "type": item.type.value,
    }


def attachments(dataset: Dataset) -> tuple[ServedFile, ...]:
    """Return the files that go with the data: reports, metadata."""
    return tuple(file for file in dataset.files if not file.is_data)


def attachment_id(file: ServedFile) -> str:
    """Return the id of an attachment: its name, as paths can hold it."""
    return file.nom.replace(".", "_")


def attachment(dataset: Dataset, file: ServedFile, request: Request) -> dict[str, Any]:
    """Return an attachment."""
    name = attachment_id(file)
    return {
        "mimetype": file.media_type,
        "url": f"{api_base(request)}/catalog/datasets/{dataset.id}/attachments/{name}",
        "id": name,
        "title": file.title,
    }
