"""Serving a bucket: one thread follows it for all processes, each asks it for past versions.

What the thread last did is in a file, ``etat.json``: nobody serves before the first whole look.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import structlog

from orchestration.files import replace_file
from orchestration.store.versions import HistoryError, parse_version
from portal.errors import ApiError
from portal.settings import Settings

if TYPE_CHECKING:
    from orchestration.bucket.mirror import Mirror

_STATE, _DRAFT = "etat.json", ".etat.json"


class MirrorError(RuntimeError):
    """The bucket cannot be followed at all; the message says why, in French."""


@dataclass(frozen=True)
class State:
    """When the bucket was last seen whole (s since 1970; 0: never), and what it refused then."""

    seen: float = 0.0
    refusals: Mapping[str, str] = field(default_factory=dict)


def mirrored(settings: Settings) -> Settings:
    """Return the settings, with the folders of the mirror where a bucket is served."""
    mirror = mirror_of(settings)
    if mirror is None:
        return settings
    return replace(settings, publications=mirror.publications, site=mirror.site)


@lru_cache(maxsize=4)
def _mirror(source: str, folder: Path, key_file: str) -> "Mirror":
    from orchestration.bucket.bucket import AddressError, ObjectStoreError
    from orchestration.bucket.mirror import Mirror
    from orchestration.store.signatures import SignatureError, read_public_key

    try:
        key = read_public_key(Path(key_file).read_bytes()) if key_file else None
    except (OSError, SignatureError) as error:
        raise MirrorError(f"{key_file} : {error}.") from None
    try:
        return Mirror(source, folder, key)
    except (AddressError, ObjectStoreError) as error:
        raise MirrorError(str(error)) from None


def mirror_of(settings: Settings) -> "Mirror | None":
    """Return the mirror of the bucket that is served, if one is. Raises ``MirrorError``."""
    if not settings.source:
        return None
    return _mirror(settings.source, settings.miroir, settings.cle_publique)


def state(settings: Settings) -> State:
    """Return what is known of the bucket; of a folder that is served, that it is there."""
    mirror = mirror_of(settings)
    if mirror is None:
        return State(time.time())
    try:
        content: dict[str, Any] = json.loads((mirror.site.parent / _STATE).read_text())
        return State(float(content["vu"]), content["refus"])
    except (OSError, ValueError, KeyError, TypeError):
        return State()


def follow(settings: Settings) -> None:
    """Follow the bucket in a thread, for as long as this process lives. Raises ``MirrorError``."""
    mirror = mirror_of(settings)
    if mirror is not None:
        args = (mirror, settings.rafraichissement)
        threading.Thread(target=_follow, args=args, name="miroir", daemon=True).start()


def _follow(mirror: "Mirror", period: float) -> None:
    log = structlog.get_logger()
    told: dict[str, str] = {}
    while True:
        started = time.monotonic()
        try:
            refusals = mirror.refresh()
            content = json.dumps({"vu": time.time(), "refus": refusals}).encode()
            folder = mirror.site.parent
            replace_file(folder / _STATE, content, folder / _DRAFT)
        except Exception as error:
            # It must go on looking: what is there is served meanwhile, and its age is measured.
            refusals = {"seau": str(error) or type(error).__name__}
        for name, reason in refusals.items():
            if told.get(name) != reason:
                log.warning("miroir_refus", nom=name, raison=reason)
        told = refusals
        time.sleep(max(0.0, period - (time.monotonic() - started)))


async def bring(settings: Settings, dataset: str, version: str) -> None:
    """Have a past version in the folder, if a bucket has it. Raises ``ApiError`` (503)."""
    mirror = mirror_of(settings)
    if mirror is None or parse_version(version) is None:
        return
    from orchestration.bucket.bucket import ObjectStoreError

    name = f"{dataset}/{version}"
    try:
        await anyio.to_thread.run_sync(mirror.bring, dataset, version)
    except (ObjectStoreError, HistoryError, OSError) as error:
        structlog.get_logger().warning("miroir_refus", nom=name, raison=str(error))
        raise ApiError(
            503,
            "VersionUnavailable",
            f"{dataset} {version} could not be fetched.",
            {"Retry-After": "5"},
        ) from None
