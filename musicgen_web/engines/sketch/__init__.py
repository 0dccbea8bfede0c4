"""The embedded band: composes and synthesises by rules, without weights."""
