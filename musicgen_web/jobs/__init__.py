"""A job from "pending" to its end."""
