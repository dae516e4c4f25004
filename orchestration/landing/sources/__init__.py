"""One lander for each source, named as the source is: its format, columns and rules.

Holds what is true of one source. What two of them share is in ``intake``, save the bounds of dates
and amounts that ``financements`` takes from ``dossiers``.

- ``dossiers``, ``financements``: monthly deltas of the information system (personal).
- ``certifications``: the registers, a zip of ten CSV files or one XML each.
- ``organismes``, ``portail`` (figures: ``offer_measures``): public lists, whole at each delivery.
- ``edof``: the offer, in XML.
"""
