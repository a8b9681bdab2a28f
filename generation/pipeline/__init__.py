"""The pure core: the spec of a generation, and the stages that draw it.

Imports only the standard library, numpy, Pillow and OpenCV.
"""
