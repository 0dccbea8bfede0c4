"""The voice of the sketch band: espeak-ng speaks a line, the vocoder takes it apart and sings it."""
