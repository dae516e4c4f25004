"""Signing what is published, and refusing to go on from what is no longer what was signed.

The last head of each dataset is kept beside the publications (``$CPF_DATA/signatures``): whoever
may write what is public cannot make the next run sign something else. See docs/decisions/0020.
"""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

from orchestration import keys, settings
from orchestration.files import locked, private_folder, replace_file
from orchestration.store.heads import (
    CATALOGUE_FILE,
    Head,
    describe,
    differences,
    read_head,
    shortened,
    sign_catalogue,
    sign_head,
)
from orchestration.store.signatures import (
    PUBLIC_KEY_FILE,
    SignatureError,
    fingerprint,
    public_pem,
    read_public_key,
)
from orchestration.store.verify import Trust
from orchestration.store.versions import DRAFT_PREFIX, POINTER, HistoryError, Pointer, read_pointer


class AlteredError(HistoryError):
    """What is published is not what was signed."""


def signed_pointer(folder: Path, pointer: Pointer) -> Pointer:
    """Return ``pointer`` with the head of all versions up to its own, signed."""
    known = known_head(folder)
    moment = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = describe(folder, known.numero + 1 if known else 1, moment, pointer.version)
    return replace(pointer, tete=sign_head(keys.signing_key(), head))


def sign_again(folder: Path) -> None:
    """Sign a dataset whose head does not tell all: a withdrawal, or versions from before keys."""
    pointer = read_pointer(folder)
    if pointer is None:
        return
    known = known_head(folder)
    now = describe(folder, 0, "", pointer.version)
    if not pointer.tete or known is None or known.versions != now.versions:
        pointer = signed_pointer(folder, pointer)
        draft = folder / f"{DRAFT_PREFIX}{os.getpid()}.json"
        replace_file(folder / POINTER, pointer.to_json(), draft)
    remember(folder, pointer)


def remember(folder: Path, pointer: Pointer) -> None:
    """Keep the head that was just published, then list it among those of all datasets."""
    private_folder(settings.signatures())
    with locked(settings.signatures()):
        _replace(_memory(folder), f"{pointer.tete}\n".encode(), 0o600)
        key = keys.signing_key()
        heads = _kept_heads()
        numbers = {name: head.numero for name, head in heads.items()}
        moment = max(head.signe_le for head in heads.values())
        listed = sign_catalogue(key, numbers, moment).encode() + b"\n"
        for name, content in (
            (PUBLIC_KEY_FILE, public_pem(key.public_key())),
            (CATALOGUE_FILE, listed),
        ):
            path = settings.publications() / name
            if not path.exists() or path.read_bytes() != content:
                _replace(path, content, 0o644)


def known_head(folder: Path) -> Head | None:
    """Return the newest head of a dataset that this key signed, here or in its pointer.

    Raises :class:`AlteredError` when the pointer's is another's, or older than the one kept here.
    """
    kept, pointer = _kept(_memory(folder)), read_pointer(folder)
    public = None
    if pointer and pointer.tete:
        try:
            public = read_head(keys.signing_key().public_key(), pointer.tete)
        except SignatureError as error:
            raise AlteredError(_refusal(folder, [f"{POINTER} : {error}"])) from None
    if kept and pointer:
        lost = shortened(kept, public) if public else ["la tête signée manque"]
        if lost:
            raise AlteredError(_refusal(folder, lost))
    return public or kept


def refuse_altered(folder: Path) -> None:
    """Refuse to go on from what is not what was signed. Raises :class:`AlteredError`."""
    _refuse_another_key()
    pointer, head = read_pointer(folder), known_head(folder)
    if pointer is None or head is None:
        return
    key = keys.signing_key().public_key()
    found = [
        f"{place} : {text}" for place, text in differences(head, folder, folder.name, pointer, key)
    ]
    if found:
        raise AlteredError(_refusal(folder, found))


def own_trust() -> Trust:
    """Return what this state knows of its own publications: its key, the heads that it signed.

    Without its key (a copy that only serves), the one that lies beside the publications is asked.
    """
    if not keys.has_signed():
        return Trust()
    try:
        key = keys.signing_key().public_key()
    except keys.SecretError:
        return Trust()
    return Trust(key, _kept_heads())


def _refuse_another_key() -> None:
    path = settings.publications() / PUBLIC_KEY_FILE
    if not path.exists():
        return
    here = keys.signing_key().public_key()
    try:
        same = fingerprint(read_public_key(path.read_bytes())) == fingerprint(here)
    except SignatureError:
        same = False
    if not same:
        raise AlteredError(
            f"{path} n'est pas la clé qui signe ici (empreinte {fingerprint(here)}) : remettre "
            "celle qui a signé, ou en changer comme le dit docs/production.md."
        )


def _refusal(folder: Path, problems: list[str]) -> str:
    return (
        f"{folder} n'est plus ce qui a été signé : {' ; '.join(problems)}. Le remettre d'une "
        "sauvegarde, puis « cpf verify » (l'accepter tel quel : docs/production.md)."
    )


def _kept_heads() -> dict[str, Head]:
    paths = sorted(settings.signatures().glob("[!.]*.jws"))
    return {path.stem: head for path in paths if (head := _kept(path))}


def _kept(path: Path) -> Head | None:
    if not path.exists():
        return None
    try:
        return read_head(keys.signing_key().public_key(), path.read_text().strip())
    except (SignatureError, UnicodeDecodeError):
        raise AlteredError(f"{path} est illisible ou d'une autre clé.") from None


def _memory(folder: Path) -> Path:
    return settings.signatures() / f"{folder.name}.jws"


def _replace(path: Path, content: bytes, mode: int) -> None:
    replace_file(path, content, path.with_name(f"{DRAFT_PREFIX}{os.getpid()}.{path.name}"), mode)
