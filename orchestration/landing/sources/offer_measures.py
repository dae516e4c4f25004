"""Counts, hours and fees of the publisher's export of the offer: what a row may say."""

from orchestration.landing.intake.column_rules import Rule, between

SESSIONS = ("nb_action", "nb_session_active", "nb_session_a_distance")
HOURS = tuple(f"nombre_heures_total_{x}" for x in ("min", "mean", "max"))
FEES = tuple(f"frais_ttc_tot_{x}" for x in ("min", "mean", "max"))
# A row that is dearer, longer or has more of anything is a slip of the keyboard.
_MOST = {
    "nb_action": 100_000,
    **dict.fromkeys(SESSIONS[1:], 1_000_000),
    **dict.fromkeys(HOURS, 10_000),
    **dict.fromkeys(FEES, 100_000),
}


def measure_rules() -> list[Rule]:
    """Rules of the figures of a row."""
    ordered = [
        Rule(
            "mesures_incoherentes",
            "minimum, moyenne et maximum ne sont pas dans cet ordre",
            f"{mean}_lu not between {low}_lu and {high}_lu",
            mean,
        )
        for low, mean, high in (HOURS, FEES)
    ]
    bounded = [
        between(
            name,
            "1" if name == "nb_action" else "0",
            str(most),
            "nombre_hors_bornes",
            f"nombre attendu de {'1' if name == 'nb_action' else '0'} à {most}",
        )
        for name, most in _MOST.items()
    ]
    return [
        *bounded,
        *ordered,
        Rule(
            "sessions_incoherentes",
            "plus de sessions à distance que de sessions ouvertes",
            "nb_session_a_distance_lu > nb_session_active_lu",
            "nb_session_a_distance",
        ),
        Rule(
            "sessions_incoherentes",
            "des sessions à distance dans un département",
            "code_departement is not null and nb_session_a_distance_lu > 0",
            "nb_session_a_distance",
        ),
    ]
