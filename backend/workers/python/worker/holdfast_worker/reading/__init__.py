"""Reading values as tables and as files, on the main thread between cells. May be interrupted anywhere: nothing is left half changed."""
