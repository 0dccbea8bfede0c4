"""What can turn a song request into sound."""
