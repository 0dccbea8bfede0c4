"""Words to phones: the sounds the model sings, and the syllables they make. Importing it starts and reads nothing."""

from diffrhythm.phonemes.notices import Notice
from diffrhythm.phonemes.pronounce import Pronouncer, Pronunciation

__all__ = ["Notice", "Pronouncer", "Pronunciation"]
