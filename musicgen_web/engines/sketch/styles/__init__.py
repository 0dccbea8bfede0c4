"""The styles the band knows: one file each, holding one `STYLE`."""
