"""Which exact totals stay secret, and what told ones do not say: the Python of macros/totaux.

A total may be told when what rows do not tell of it is nobody's or is that of enough persons. What
is hidden must not follow from the other tables, whose cells add up to one another.
"""

from orchestration.disclosure.totals.models import companion_model, muted_model, secret_model

__all__ = ["companion_model", "muted_model", "secret_model"]
