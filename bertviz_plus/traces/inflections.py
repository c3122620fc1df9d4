"""Which forms an English word takes: regular endings by rule, the common irregular words by a table."""

import re

# Base form, then its other forms.
_IRREGULAR = """
be am is are was were been being|bear bore borne born|beat beat beaten|become became|begin began begun
bend bent|bet bet|bind bound|bite bit bitten|bleed bled|blow blew blown|break broke broken|bring brought
build built|burn burnt|burst burst|buy bought|cast cast|catch caught|choose chose chosen|come came
cost cost|creep crept|cut cut|deal dealt|dig dug|do does did done|draw drew drawn|dream dreamt
drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought
find found|fly flew flown|forget forgot forgotten|freeze froze frozen|get got gotten|give gave given
go goes went gone|grind ground|grow grew grown|hang hung|have has had|hear heard|hide hid hidden|hit hit
hold held|hurt hurt|keep kept|know knew known|lay laid|lead led|lean leant|leave left|lend lent|let let
lie lay lain|light lit|lose lost|make made|mean meant|meet met|pay paid|put put|read read|ride rode ridden
ring rang rung|rise rose risen|run ran|say said|see saw seen|seek sought|sell sold|send sent|set set
shake shook shaken|shine shone|shoot shot|show shown|shut shut|sing sang sung|sink sank sunk|sit sat
sleep slept|slide slid|speak spoke spoken|spend spent|spin spun|split split|spread spread
spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|strike struck stricken
string strung|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken|teach taught
tear tore torn|tell told|think thought|throw threw thrown|understand understood|wake woke woken
wear wore worn|weave wove woven|win won|wind wound|write wrote written
child children|foot feet|goose geese|louse lice|man men|mouse mice|ox oxen|person people|tooth teeth
woman women|bass bass|deer deer|fish fish|series series|sheep sheep|species species
calf calves|half halves|knife knives|leaf leaves|life lives|loaf loaves|self selves|shelf shelves
thief thieves|wife wives|wolf wolves|axis axes|basis bases|crisis crises|index indices
"""
_TABLE: dict[str, tuple[str, ...]] = {
    words[0]: tuple(words[1:])
    for words in (entry.split() for line in _IRREGULAR.strip().splitlines() for entry in line.split("|"))
}
# The table has nouns from this entry on.
_FIRST_NOUN = "child"
_VERB_FORMS = frozenset(
    form for forms in list(_TABLE.values())[: list(_TABLE).index(_FIRST_NOUN)] for form in forms
)
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_DOUBLES = re.compile(r"^[^aeiou]*[aeiou][bdfgklmnprtvz]$")


def inflections(word: str) -> tuple[str, ...]:
    """Return a word and its inflected forms, as English spells them.

    Plural and third person (-s, -es, -ies), past (-ed, -d, -ied), -ing, possessive with or without its s, and
    the other forms of about 150 irregular words. Nothing is known of parts of speech, so forms come along
    that the word may not have ("riverred"): they stand in no text. Comparatives and derivations
    ("banker") are other words.

    Parameters
    ----------
    word : str
        A base form. In an expression of several words, one word at a time is inflected.

    Returns
    -------
    tuple of str
        In lower case, the word itself first.

    Examples
    --------
    >>> inflections("bank")
    ('bank', 'banks', 'banked', 'banking')
    >>> "drew" in inflections("draw"), "batting" in inflections("bat"), "mice" in inflections("mouse")
    (True, True, True)
    >>> inflections("draw on")[:3]
    ('draw on', 'drew on', 'drawn on')
    """
    parts = word.lower().split()
    if len(parts) > 1:
        forms = [
            " ".join([*parts[:place], form, *parts[place + 1 :]])
            for place, part in enumerate(parts)
            for form in _forms(part)
        ]
        return tuple(dict.fromkeys([" ".join(parts), *forms]))
    return tuple(dict.fromkeys([word.lower(), *(form for part in parts for form in _forms(part))]))


def is_irregular_verb(word: str) -> bool:
    """Whether a word is an irregular form of one of about 130 verbs; a base form is none.

    Examples
    --------
    >>> is_irregular_verb("drank"), is_irregular_verb("drink"), is_irregular_verb("children")
    (True, False, False)
    """
    return word.lower() in _VERB_FORMS


def _forms(word: str) -> list[str]:
    forms = list(_TABLE.get(word, ()))
    if not word.isalpha() or len(word) < 2:
        return forms
    if word.endswith("y") and word[-2] not in "aeiou":
        return [*forms, word[:-1] + "ies", word[:-1] + "ied", word + "ing"]
    forms.append(word + ("es" if _SIBILANT.search(word) else "s"))
    if word.endswith("e"):
        return [*forms, word + "d", (word if word.endswith(("ee", "oe", "ye")) else word[:-1]) + "ing"]
    if word.endswith("o"):
        forms.append(word + "es")
    forms += [word + "ed", word + "ing"]
    if _DOUBLES.match(word) or word[-1] == "l":
        forms += [word + word[-1] + "ed", word + word[-1] + "ing"]
    return forms
