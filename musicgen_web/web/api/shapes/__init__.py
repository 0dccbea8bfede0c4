"""What programs get: the resources of the API, field by field. Fields may be added; none goes, none changes."""
