"""Charts as pure functions: data, width and height in; lines of styled cells out (`cells.Line`). No Textual, no store.

Import from the modules: `sankey`, `columns`, `queue`, `lines`, `heat`, `distribution`, `bars`, `sparkline` and `track`
draw, each in any of three sets of `glyphs`; beside the drawing of what can be pointed at stands a function that tells
what is in a cell (`hits`). `format` says values in words; `render` turns lines into ANSI or SVG; `plots` is plotext,
for text reports only.
"""
