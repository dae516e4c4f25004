"""The diagnosis: pages that a certifier, a training body or a région asks about itself.

- ``habilitations``: the signals of authorisation, of a certifier, a certification or a body.
"""
