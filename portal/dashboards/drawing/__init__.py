"""Drawing a figure as SVG: with classes, whose colours the page or the file gives.

- canvas: what the drawings share, a file of its own with title and credits
- bars: one bar per row; columns: one column per period; choropleth: the map of départements
"""
