"""What may go wrong with a bucket, as a person must read it.

Belongs here: the errors of this package, the library's errors in French. Does not: deciding
whether something is an error. The library's own text is never shown whole: it is English, long,
and quotes requests.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError


class AdresseError(ValueError):
    """The destination is not an address of a bucket."""


class ObjetsError(RuntimeError):
    """The bucket could not be read or written; the message says why and what to look at."""


class ConflitError(ObjetsError):
    """The bucket holds something else than what was published here: nothing is overwritten."""


class IntegriteError(ObjetsError):
    """What would be sent, or what was received, is not what was published."""


@contextmanager
def en_francais(lieu: str, serveur: str) -> Iterator[None]:
    """Turn the library's errors about ``lieu`` into an :class:`ObjetsError`."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise ObjetsError(_message(error, lieu, serveur)) from None


def _message(error: Exception, lieu: str, serveur: str) -> str:
    text = str(error)
    found = re.search(r"<Code>(\w+)</Code>", text)
    code = found[1] if found else ""
    status = re.search(r"status code: (\d{3})", text)
    if code == "NoSuchBucket":
        return f"{lieu} : ce seau (bucket) n'existe pas sur {serveur}."
    refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
    # A refused list has no class of its own in the library.
    if refused or (status and status[1] in {"401", "403"}):
        return (
            f"{lieu} : accès refusé{f' ({code})' if code else ''}. Vérifier AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY et les droits de cette clé (lire, lister, écrire)."
        )
    if isinstance(error, FileNotFoundError):
        return f"{lieu} manque."
    if "HTTP error" in text:
        return (
            f"{lieu} : {serveur} ne répond pas, ou la connexion s'est coupée. Vérifier le réseau "
            "et AWS_ENDPOINT_URL, puis recommencer : ce qui est déjà déposé le reste."
        )
    answer = code or (status[1] if status else text.splitlines()[0][:200])
    return f"{lieu} : réponse inattendue de {serveur} ({answer})."
