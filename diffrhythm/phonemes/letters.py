"""English letters to sounds by rule, good enough to sing: what stands in where espeak-ng cannot run."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_KNOWN_WORDS = dict(
    entry.split(" ", 1)
    for entry in (
        "a ə|an æ n|the ð ə|of ʌ v|to t ə|and æ n d|i aɪ|is ɪ z|was w ʌ z|as æ z|has h æ z|his h ɪ z|he h iː|she ʃ iː|"
        "we w iː|me m iː|be b iː|you j uː|your j ʊɹ|yours j ʊɹ z|they ð eɪ|them ð ɛ m|this ð ɪ s|that ð æ t|"
        "these ð iː z|those ð oʊ z|there ð ɛɹ|their ð ɛɹ|then ð ɛ n|than ð æ n|though ð oʊ|with w ɪ ð|are ɑːɹ|"
        "were w ɜː|where w ɛɹ|here h ɪɹ|have h æ v|had h æ d|do d uː|does d ʌ z|done d ʌ n|gone ɡ ɔ n|one w ʌ n|"
        "once w ʌ n s|two t uː|four f ɔːɹ|eight eɪ t|who h uː|whose h uː z|what w ʌ t|want w ɔ n t|said s ɛ d|"
        "says s ɛ z|some s ʌ m|come k ʌ m|love l ʌ v|above ə b ˈʌ v|give ɡ ɪ v|live l ɪ v|from f ɹ ʌ m|into ɪ n t ʊ|"
        "onto ɔ n t ʊ|only ˈoʊ n l i|over ˈoʊ v ɚ|never n ˈɛ v ɚ|ever ˈɛ v ɚ|every ˈɛ v ɹ i|very v ˈɛ ɹ i|any ˈɛ n i|"
        "many m ˈɛ n i|could k ʊ d|would w ʊ d|should ʃ ʊ d|through θ ɹ uː|thought θ ɔː t|enough ɪ n ˈʌ f|rough ɹ ʌ f|"
        "tough t ʌ f|laugh l æ f|eye aɪ|eyes aɪ z|heart h ɑːɹ t|hearts h ɑːɹ t s|world w ɜː l d|word w ɜː d|"
        "words w ɜː d z|work w ɜː k|people p ˈiː p əl|water w ˈɔː ɾ ɚ|mother m ˈʌ ð ɚ|father f ˈɑː ð ɚ|"
        "brother b ɹ ˈʌ ð ɚ|other ˈʌ ð ɚ|another ɐ n ˈʌ ð ɚ|together t ə ɡ ˈɛ ð ɚ|baby b ˈeɪ b i|oh oʊ|ooh uː|"
        "yeah j ɛ h|hey h eɪ|la l ɑː|na n ɑː|no n oʊ|so s oʊ|go ɡ oʊ|by b aɪ|my m aɪ|why w aɪ|on ɔ n|long l ɔ ŋ|"
        "song s ɔ ŋ|strong s t ɹ ɔ ŋ|night n aɪ t|tonight t ə n ˈaɪ t|today t ə d ˈeɪ|away ɐ w ˈeɪ|again ɐ ɡ ˈɛ n|"
        "alone ɐ l ˈoʊ n|around ɐ ɹ ˈaʊ n d|because b ɪ k ˈʌ z|before b ɪ f ˈɔːɹ|behind b ɪ h ˈaɪ n d|"
        "beneath b ɪ n ˈiː θ|find f aɪ n d|mind m aɪ n d|kind k aɪ n d|blind b l aɪ n d|child tʃ aɪ l d|wild w aɪ l d|"
        "cold k oʊ l d|gold ɡ oʊ l d|hold h oʊ l d|old oʊ l d|told t oʊ l d|young j ʌ ŋ|touch t ʌ tʃ|door d ɔːɹ|"
        "floor f l ɔːɹ|blood b l ʌ d|flood f l ʌ d|put p ʊ t|push p ʊ ʃ|pull p ʊ l|full f ʊ l|good ɡ ʊ d|"
        "woman w ˈʊ m ə n|women w ˈɪ m ɪ n|friend f ɹ ɛ n d|friends f ɹ ɛ n d z|great ɡ ɹ eɪ t|break b ɹ eɪ k|"
        "dead d ɛ d|head h ɛ d|bread b ɹ ɛ d|instead ɪ n s t ˈɛ d|ocean ˈoʊ ʃ ə n|island ˈaɪ l ə n d|"
        "music m j ˈuː z ɪ k|moment m ˈoʊ m ə n t|river ɹ ˈɪ v ɚ|rivers ɹ ˈɪ v ɚ z|silver s ˈɪ l v ɚ|"
        "heaven h ˈɛ v ə n|seven s ˈɛ v ə n|even ˈiː v ə n|open ˈoʊ p ə n|broken b ɹ ˈoʊ k ə n|hour aʊ ɚ|hours aʊ ɚ z|"
        "our aʊ ɚ|fire f aɪ ɚ|nothing n ˈʌ θ ɪ ŋ|something s ˈʌ m θ ɪ ŋ|across ɐ k ɹ ˈɔ s|lonely l ˈoʊ n l i|"
        "honey h ˈʌ n i|money m ˈʌ n i|sun s ʌ n|"
        "or ɔːɹ|for f ɔːɹ|nor n ɔːɹ|war w ˈɔːɹ|yes j ɛ s|use j uː z|often ˈɔ f ə n|idea aɪ d ˈiə|listen l ˈɪ s ə n|"
        "foreign f ˈɔːɹ ə n|machine m ə ʃ ˈiː n|s ɛ s|t t iː|m ɛ m|d d iː|ll ɛ l|ve v iː|re ɹ iː|don d ɑː n|"
        "won w ʌ n|hundred h ˈʌ n d ɹ ɪ d|thousand θ ˈaʊ z ə n d|zero z ˈɪɹ oʊ"
    ).split("|")
)
"""Words whose spelling misleads, and the small ones that are met most."""

_LETTER_NAMES = dict(
    entry.split(" ", 1)
    for entry in (
        "a eɪ|b b iː|c s iː|d d iː|e iː|f ɛ f|g dʒ iː|h eɪ tʃ|i aɪ|j dʒ eɪ|k k eɪ|l ɛ l|m ɛ m|n ɛ n|o oʊ|p p iː"
        "|q k j uː|r ɑːɹ|s ɛ s|t t iː|u j uː|v v iː|w d ʌ b əl j uː|x ɛ k s|y w aɪ|z z iː"
    ).split("|")
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(letters), sounds.strip())
    for letters, _, sounds in (
        line.strip().partition(" ")
        for line in r"""
        tion(?=s?$) ʃ ə n
        ssion ʃ ə n
        sion ʒ ə n
        [ct]ious ʃ ə s
        [ct]ial ʃ əl
        ture(?=[sd]?$) tʃ ɚ
        ous$ ə s
        age$ ɪ dʒ
        (?<=..)ate$ eɪ t
        ^u(?=[a-z]e) j uː
        ^kn n
        ^gn n
        ^wr ɹ
        ^ps s
        ^wh w
        ^y j
        ^x z
        tch tʃ
        sch s k
        ch(?=[lr]) k
        ch tʃ
        sh ʃ
        ph f
        th(?=er) ð
        th(?=e$) ð
        th θ
        ck k
        dge dʒ
        dg dʒ
        qu k w
        ange(?=[sd]?$) eɪ n dʒ
        ng(?=s?$) ŋ
        ng(?=ing$) ŋ
        ng ŋ ɡ
        n(?=k) ŋ
        x k s
        mb(?=s?$) m
        mn$ m
        eigh eɪ
        igh aɪ
        augh ɔː
        ought ɔː t
        ough oʊ
        gh(?=t)
        ^gh ɡ
        gh
        alk ɔː k
        all ɔː l
        ook ʊ k
        oor ɔːɹ
        oo uː
        eer ɪɹ
        ear(?=[a-z]) ɜː
        ear ɪɹ
        ee iː
        ead ɛ d
        ea iː
        air ɛɹ
        are(?=s?$) ɛɹ
        ai eɪ
        ay eɪ
        oar ɔːɹ
        oa oʊ
        our aʊ ɚ
        ou aʊ
        own(?=s?$) oʊ n
        ow(?=s?$) oʊ
        ow aʊ
        oi ɔɪ
        oy ɔɪ
        au ɔː
        aw ɔː
        ew uː
        eau oʊ
        ie(?=[sd]?$) i
        ie iː
        ey(?=s?$) i
        ei iː
        ue(?=[sd]?$) uː
        ui uː
        ire(?=[sd]?$) aɪ ɚ
        ure(?=[sd]?$) ʊɹ
        ore(?=[sd]?$) ɔːɹ
        ere(?=[sd]?$) ɪɹ
        arr æ ɹ
        err ɛ ɹ
        ar ɑːɹ
        er(?=[aeiouy]) ɛ ɹ
        er ɚ
        ir ɜː
        ur ɜː
        or ɔːɹ
        ing(?=s?$) ɪ ŋ
        a(?=[bcdfgklmnpstvz]e[sd]?$) eɪ
        e(?=[bcdfgklmnpstvz]e[sd]?$) iː
        i(?=[bcdfgklmnpstvz]e[sd]?$) aɪ
        o(?=[bcdfgklmnpstvz]e[sd]?$) oʊ
        u(?=[bcdfgklmnpstvz]e[sd]?$) uː
        a(?=[bcdfgklmnpstvz]ing$) eɪ
        i(?=[cdklmnptvz]ing$) aɪ
        o(?=[cdklmnpstvz]ing$) oʊ
        (?<=[bcdfgkpstz])le(?=s?$) əl
        (?<=[td])ed$ ɪ d
        (?<=[pkfsx])ed$ t
        (?<=[hc])ed$ t
        ed$ d
        (?<=[sxz])es$ ɪ z
        (?<=[cs]h)es$ ɪ z
        (?<=[cg])es$ ɪ z
        (?<=[ptkf])es$ s
        (?<=[a-z])es$ z
        (?<=[ptkf])s$ s
        (?<=th)s$ s
        (?<=[bdglmnrvwyaeiou])s$ z
        (?<=[aeiou])s(?=[aeiou]) z
        ss s
        c(?=[eiy]) s
        cc k
        c k
        g(?=[eiy]) dʒ
        gg ɡ
        g ɡ
        bb b
        dd d
        ff f
        ll l
        mm m
        nn n
        pp p
        rr ɹ
        tt t
        zz z
        b b
        d d
        f f
        h(?=[aeiouy]) h
        h
        j dʒ
        k k
        l l
        m m
        n n
        p p
        q k
        r ɹ
        s s
        t t
        v v
        w(?=[aeiouyh]) w
        w
        z z
        ^y$ w aɪ
        (?<=^[a-z])y$ aɪ
        (?<=^[a-z][a-z])y$ aɪ
        y$ i
        y(?=[aeiou]) j
        y(?=ing) i
        y ɪ
        a$ ə
        (?<=^[a-z])e$ iː
        (?<=[a-z])e$
        i$ i
        o$ oʊ
        u$ uː
        a(?=[aeiou]) eɪ
        i(?=[aeou]) i
        u(?=[aeiou]) uː
        a æ
        e ɛ
        i ɪ
        o ɑː
        u ʌ
        """.strip().split("\n")
    )
)

_VOWELS = frozenset("aeiouɑɔəɚɛɜɪʊʌæɐ")
_PREFIX = re.compile(r"(?:a|be|de|re|un|in|for|to|con|com|ex|per|pro)(?=[^aeiou]*[aeiouy][a-z]*)")


def sounded(text: str) -> str:
    """Say words in IPA as espeak would write it: `_` between phones, a space between words, stress marks."""
    return " ".join(said for word in text.split() if (said := _word(word)))


@lru_cache(maxsize=4_096)
def _word(word: str) -> str:
    letters = "".join(char for char in unicodedata.normalize("NFKD", word.lower()) if "a" <= char <= "z")
    if known := _KNOWN_WORDS.get(letters):
        phones = known.split()
    elif len(letters) > 1 and not re.search("[aeiouy]", letters):
        phones = [phone for letter in letters for phone in _LETTER_NAMES[letter].split()]
    else:
        phones = _by_rule(letters)
    return "_".join(_stressed(phones, letters))


def _by_rule(letters: str) -> list[str]:
    phones: list[str] = []
    place = 0
    while place < len(letters):
        found = next((match, sounds) for rule, sounds in _RULES if (match := rule.match(letters, place)))
        phones += found[1].split()
        place = found[0].end()
    return phones


def _stressed(phones: list[str], letters: str) -> list[str]:
    """Stress the first syllable, or the second behind a prefix, unless the word's own entry says which."""
    vowels = [place for place, phone in enumerate(phones) if phone[0] in _VOWELS]
    if not vowels or any("ˈ" in phone for phone in phones) or (len(vowels) == 1 and letters in _KNOWN_WORDS):
        return phones
    stressed = vowels[1] if len(vowels) > 1 and _PREFIX.match(letters) else vowels[0]
    return [f"ˈ{phone}" if place == stressed else phone for place, phone in enumerate(phones)]
