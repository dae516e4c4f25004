"""The dashboards: charts that are declared, computed from the published rows, drawn and embedded.

declarations: one file per dataset, read and checked. handlers: pages, files of charts, frames.
shown: the versions that a page shows. shapes, compute: from a chart and filters to a figure.
figures: what a chart shows. sentences, chart_files, drawing: how it is told, written, drawn.
facts: what a version can tell. selection: what an address asks. statements: SQL of both ends.
kept_versions, breaks: a picture of one day over time, what changed the rules.
answers, credits, french: pages and errors, what must be said beside, figures as French write them.
"""
