"""MusicGen Local: a style prompt and timed lyrics become a full song, on your own machine."""

__version__ = "0.1.0"
