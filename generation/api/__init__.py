"""The HTTP edge of generations: it translates and decides nothing."""
