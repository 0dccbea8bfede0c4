"""Finished songs: their rows, files, formats and covers."""
