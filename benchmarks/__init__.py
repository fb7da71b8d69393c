"""How fast, how big, how quiet: `python -m benchmarks` measures it all in one run.

Machines differ and are shared: read ratios, and medians of what is measured several times. Nothing here is a test.
"""
