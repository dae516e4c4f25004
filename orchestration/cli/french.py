"""The frame of the command line in French: titles, marks and the options that are not ours."""

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


def speak_french() -> None:
    """Say in French what the library says around our own texts."""
    for name, text in _MARKS.items():
        setattr(rich_utils, name, text)
    options = completion._install_completion_placeholder_function.__defaults__ or ()
    for option, text in zip(options, _COMPLETION, strict=True):
        option.help = text
