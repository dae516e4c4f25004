"""The command line's own words in French: frame, options of the library, and what it refuses."""

import re
from collections.abc import Mapping

from typer import completion, rich_utils

# What the library says of its own options, in their order.
_COMPLETION = (
    "Installer la complétion dans le shell courant.",
    "Montrer la complétion du shell courant, pour la copier ou l'adapter.",
)
_MARKS: Mapping[str, str] = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "ERRORS_PANEL_TITLE": "Erreur",
    "REQUIRED_LONG_STRING": "[obligatoire]",
    "DEFAULT_STRING": "[défaut : {}]",
    "ABORTED_TEXT": "Interrompu.",
    "RICH_HELP": "L'aide : [blue]'{command_path} {help_option}'[/].",
}
# What it refuses: each pattern of a part of its message, and how it is said here.
_SENTENCES: Mapping[str, str] = {
    r"^Invalid value for (.+?): ": r"Valeur refusée pour \1 : ",
    r"^Invalid value: ": "Valeur refusée : ",
    r"^Missing argument (.+?)\.": r"Il manque l'argument \1.",
    r"^Missing option (.+?)\.": r"Il manque l'option \1.",
    r"^Missing parameter(:? .+)?": r"Il manque un paramètre\1",
    r"^Missing command\.": "Il manque une commande.",
    r"^No such option: (\S+)": r"Option inconnue : \1",
    r"^No such command (.+?)(?=\.|$)": r"Commande inconnue : \1",
    r"\.? \(Possible options: (.+)\)$": r". Options proches : \1",
    r"\.? Did you mean (.+)\?$": r". Peut-être \1 ?",
    r"^Got unexpected extra arguments?(?:\(s\))? \((.*)\)$": r"Arguments en trop : \1",
    r"^Option (.+) does not take a value\.": r"L'option \1 ne prend pas de valeur.",
    r"^Option (.+) requires an argument\.": r"L'option \1 demande une valeur.",
    r"^Option (.+) requires (\d+) arguments\.": r"L'option \1 demande \2 valeurs.",
    r"^Argument (.+) takes (\d+) values\.": r"L'argument \1 prend \2 valeurs.",
    r"Input should be a valid integer, .*": "un nombre entier est attendu",
    r"Input should be a valid number, .*": "un nombre est attendu",
    r"Input should be a valid boolean, .*": "oui ou non (true, false) est attendu",
    r"Input should be greater than or equal to (\S+)": r"\1 au moins est attendu",
    r"Input should be less than or equal to (\S+)": r"\1 au plus est attendu",
    r"(\S+) is not one of (.+)\.$": r"\1 n'est pas dans : \2.",
    r"Choose from:": "Au choix :",
    r"(?:File|Path|Directory) (.+) does not exist\.": r"\1 n'existe pas.",
    r"(?:File|Path) (.+) is a directory\.": r"\1 est un dossier.",
    r"(?:Path|Directory) (.+) is a file\.": r"\1 est un fichier.",
    r"(?:File|Path|Directory) (.+) is not readable\.": r"\1 ne peut être lu.",
}


def speak_french() -> None:
    """Say in French what the library says around our own texts."""
    for name, text in _MARKS.items():
        setattr(rich_utils, name, text)
    options = completion._install_completion_placeholder_function.__defaults__ or ()
    for option, text in zip(options, _COMPLETION, strict=True):
        option.help = text
    show = rich_utils.rich_format_error

    def show_in_french(error: Exception) -> None:
        said = in_french(error.format_message())  # type: ignore[attr-defined]
        error.format_message = lambda: said  # type: ignore[attr-defined]
        show(error)  # type: ignore[arg-type]

    rich_utils.rich_format_error = show_in_french  # type: ignore[assignment]


def in_french(message: str) -> str:
    """Return what the library refuses, said in French; our own sentences stay as they are."""
    for pattern, text in _SENTENCES.items():
        message = re.sub(pattern, text, message)
    return message
