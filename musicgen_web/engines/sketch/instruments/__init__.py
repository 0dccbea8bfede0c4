"""The instruments of the sketch band: one file per family, one registry."""
