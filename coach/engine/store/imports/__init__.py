"""What an import stores and asks: runs, readings of ids, clocks, row order, twins, undo."""
