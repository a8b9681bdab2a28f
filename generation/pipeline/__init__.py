"""The pure core: what a generation is and how its stages run. Standard library, numpy, Pillow and OpenCV only."""
