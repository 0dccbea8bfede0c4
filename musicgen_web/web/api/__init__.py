"""The JSON face of the same verbs."""
