"""Speed and memory, measured on real stacks: `make bench`, or `python -m bench accept overhead` for some."""
