"""The 363 phones the model knows, in the order of their numbers. Byte exact: never normalise these strings."""

from __future__ import annotations

from collections.abc import Iterable

GAP = "_"
"""Stands between two English words."""

TONES = ("→", "↑", "↓↑", "↓")
"""First to fourth tone, as arrows behind a Mandarin final; the neutral tone has none."""

NASAL = "\u0303"  # a combining tilde: these phones are two characters long
CEDILLA = "c\u0327"  # not the same phone as the one-character \u00e7


def _with_tones(finals: str, *, plain: bool = True) -> list[str]:
    """List each final with its tones; `plain` puts the bare final before them."""
    return [final + tone for final in finals.split() for tone in (("", *TONES) if plain else TONES)]


PHONES: tuple[str, ...] = (
    *", . ? !".split(),
    GAP,
    # English vowels
    *"iː ɪ ɜː ɚ oːɹ ɔː ɔːɹ ɑː uː ʊ ɑːɹ ʌ ɛ æ eɪ aɪ ɔɪ aʊ oʊ ɪɹ ɛɹ ʊɹ".split(),
    # consonants, and the pairs that count as one
    *"p b t d k ɡ f v θ ð s z ʃ ʒ h tʃ dʒ m n ŋ j w ɹ l tɹ dɹ ts dz".split(),
    # what else espeak may say
    *"i ɔ ə ɾ iə r u oː ɛː ɪː aɪə aɪɚ".split(),
    f"ɑ{NASAL}",
    "\u00e7",
    f"ɔ{NASAL}",
    *"ææ ɐɐ ɡʲ nʲ iːː".split(),
    # Mandarin: initials, then finals with their tones. Some finals stand further up in their plain form.
    *"p⁼ pʰ t⁼ tʰ k⁼ kʰ x tʃ⁼ tʃʰ ts`⁼ ts`ʰ s` ɹ` ts⁼ tsʰ".split(),
    *_with_tones("p⁼wo pʰwo mwo fwo jɛn ɥæn in ɥn iŋ ʊŋ jʊŋ ia iɛ iɑʊ ioʊ iɑŋ ua uo uaɪ ueɪ uan uən uɑŋ ɥɛ a o"),
    *_with_tones("ə ɛ aɪ eɪ", plain=False),
    *_with_tones("ɑʊ"),
    *_with_tones("oʊ", plain=False),
    *_with_tones("an ən ɑŋ əŋ əɹ"),
    *_with_tones("i u", plain=False),
    *_with_tones("ɥ ts`⁼ɹ ts`ʰɹ s`ɹ ɹ`ɹ ts⁼ɹ tsʰɹ sɹ"),
    # learned for languages that are not sung: Japanese, then Korean, German, French
    *"ɯ e aː ɯː eː".split(),
    CEDILLA,
    *"ɸ ɰᵝ ɴ g dʑ q ː bj tɕ dej tej gj gɯ".split(),
    f"{CEDILLA}j",
    *"kj kɯ mj nj pj ɾj ɕ tsɯ".split(),
    *"ɐ ɑ ɒ ɜ ɫ ʑ ʲ y ø œ ʁ".split(),
    NASAL,
    "ɲ",
    *": ; ' …".split(),
)

IDS: dict[str, int] = {phone: number for number, phone in enumerate(PHONES)}

COMMA, STOP = IDS[","], IDS["."]


def phone_ids(phones: Iterable[str]) -> tuple[int, ...]:
    """Number the phones; those the model does not know are left out, as it was trained."""
    return tuple(IDS[phone] for phone in phones if phone in IDS)
