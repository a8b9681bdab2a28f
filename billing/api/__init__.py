"""The HTTP edge of the books: it reads, translates and decides nothing."""
