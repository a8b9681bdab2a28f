"""The HTTP edge of keys and members: it translates and decides nothing."""
