"""A real browser, headless, for tests of pages: it is asked over its DevTools protocol.

- ``chromium``: the browser of the system, started once, and the connection to it
- ``tab``: a page of it, with a profile of its own: what it loads, shows, says; keys, sizes, media
- ``fixtures``: the browser and a page of it, for who imports them
- ``checks``: what any page must be
- ``axe``: the rules of WCAG that a program can check
- ``other_site``: a site that knows nothing of ours, on another origin
"""
