"""Charts as pure functions: data, width and height in; lines of styled cells out (`cells.Line`). No Textual, no store.

Import from the modules: `sankey`, `columns`, `queue`, `lines`, `bars`, `sparkline` draw; `format` says values in words;
`render` turns lines into ANSI or SVG; `plots` is plotext, for text reports only.
"""
