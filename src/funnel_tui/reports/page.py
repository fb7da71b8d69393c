"""The report as one HTML file with inline SVG, which opens anywhere and loads nothing, and the picture alone as SVG."""
