"""An independent reading of the metric definitions, to hold the program against."""
