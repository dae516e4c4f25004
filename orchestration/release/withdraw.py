"""Withdrawing a version: its files go, its manifest and a tombstone that says why stay.

From the moment the tombstone is there the version is withdrawn: nothing lists it
any more, and whatever is killed afterwards is finished by the next withdrawal or publication.
"""

import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from orchestration import keys, settings
from orchestration.diff.outputs import DETAIL
from orchestration.files import (
    File,
    checksums,
    fsync,
    indented_json,
    locked,
    replace_file,
    sha256,
)
from orchestration.release.signing import refuse_altered, sign_again
from orchestration.store.heads import sign_withdrawal
from orchestration.store.versions import (
    CHECKSUMS_FILE,
    DIFF_WITHDRAWAL,
    DRAFT_PREFIX,
    MANIFEST,
    WITHDRAWAL,
    Withdrawal,
    interrupted_version,
    read_manifest,
    read_pointer,
    read_withdrawal,
    read_withdrawals,
    versions,
)


class WithdrawalRefusedError(RuntimeError):
    """The version may not be withdrawn; the message says why."""


def withdraw_version(
    dataset: str, version: str, raison: str, remplacee_par: str | None = None
) -> Withdrawal:
    """Withdraw a version that is not the current one; return its tombstone, old or new.

    ``remplacee_par``: the public version to use instead. Raises :class:`WithdrawalRefusedError`, or
    ``HistoryError`` when what is published cannot be trusted.
    """
    folder = settings.publications(dataset)
    with locked(folder):
        _refuse(folder, version, remplacee_par)
        refuse_altered(folder)
        withdrawal = read_withdrawal(folder / version)
        if withdrawal is None:
            recorded = _withdrawal(folder, version, version, raison, _now())
            withdrawal = replace(recorded, remplacee_par=remplacee_par)
            _write_tombstone(folder, WITHDRAWAL, withdrawal)
        finish(folder)
        sign_again(folder)
        return withdrawal


def _refuse(folder: Path, version: str, remplacee_par: str | None) -> None:
    pointer, unfinished = read_pointer(folder), str(interrupted_version(folder))
    if pointer and version == pointer.version:
        raise WithdrawalRefusedError(
            f"{version} est la version courante de {folder.name} : publier d'abord une version "
            "qui la remplace (« cpf run »), puis retirer celle-ci. Le registre des personnes suit "
            "la version courante (décision 14)."
        )
    if version == unfinished:
        raise WithdrawalRefusedError(f"{version} n'a jamais été publique : rien à retirer.")
    if remplacee_par in (version, unfinished) or (
        remplacee_par and read_withdrawal(folder / remplacee_par)
    ):
        raise WithdrawalRefusedError(f"{remplacee_par} ne peut pas remplacer {version}.")


def finish(folder: Path) -> None:
    """Bring every withdrawal of a dataset to its end; does nothing when all are."""
    known = [str(version) for version in versions(folder)]
    for version, following in zip(known, [*known[1:], None], strict=False):
        whole = read_withdrawal(folder / version)
        if whole and following and read_withdrawal(folder / following, DIFF_WITHDRAWAL) is None:
            diff = _withdrawal(folder, following, version, whole.raison, whole.retire_le)
            quoted = tuple(file for file in diff.fichiers if file.nom == DETAIL)
            if quoted:
                _write_tombstone(folder, DIFF_WITHDRAWAL, replace(diff, fichiers=quoted))
        tombstones = read_withdrawals(folder / version)
        if tombstones:
            _remove_withdrawn(folder, version, tombstones)


def _withdrawal(folder: Path, version: str, cause: str, raison: str, moment: str) -> Withdrawal:
    files = read_manifest(folder, version)["fichiers"]
    held = tuple(File(file["nom"], file["octets"], file["sha256"]) for file in files)
    return Withdrawal(folder.name, version, cause, moment, raison, held)


def _write_tombstone(folder: Path, name: str, withdrawal: Withdrawal) -> None:
    signed = replace(withdrawal, signature=sign_withdrawal(keys.signing_key(), withdrawal))
    _replace(folder, folder / withdrawal.version / name, indented_json(asdict(signed)))


def _remove_withdrawn(folder: Path, version: str, withdrawals: dict[str, Withdrawal]) -> None:
    """Remove what is withdrawn, then list what is left: that list is the end of a withdrawal."""
    path = folder / version
    withdrawn_files = {name for item in withdrawals.values() for name in item.names}
    for name in sorted(withdrawn_files):
        (path / name).unlink(missing_ok=True)
    fsync(path)
    files = read_manifest(folder, version)["fichiers"]
    left = {file["nom"]: file["sha256"] for file in files if file["nom"] not in withdrawn_files}
    sums = checksums(left | _digests(path, (MANIFEST, *withdrawals)))
    if not (path / CHECKSUMS_FILE).exists() or (path / CHECKSUMS_FILE).read_bytes() != sums:
        _replace(folder, path / CHECKSUMS_FILE, sums)


def _digests(path: Path, names: Iterable[str]) -> dict[str, str]:
    return {name: sha256(path / name) for name in names}


def _replace(folder: Path, path: Path, content: bytes) -> None:
    # The draft is outside the version, where a killed one is nobody's business.
    replace_file(path, content, folder / f"{DRAFT_PREFIX}{os.getpid()}.retrait")
    path.chmod(0o444)


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
