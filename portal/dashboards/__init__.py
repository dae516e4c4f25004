"""The dashboards: charts that are declared, computed from the published rows, drawn and embedded.

declarations: one file per dataset, read and checked. builder: those that a reader makes.
handlers: pages, files of charts, frames; oembed, targets, cards: what these are made of.
shown: the versions that a page shows. facts: what a version can tell; forms: with which sources.
selection: what an address asks. statements: SQL, as it is asked and as it is published.
shapes, over_time, payers, kept_versions: from a chart and filters to a figure; compute, row_making:
which table answers, what a value is worth. breaks: what changed the rules.
figures: what a chart shows. sentences, chart_files, drawing: how it is told, written, drawn.
answers, credits, french: pages and errors, what must be said beside, figures as French write them.
"""
