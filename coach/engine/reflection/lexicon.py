"""The words that a language model may write, which is a short list.

A list of forbidden words is a sieve: of sentences that it had not seen, one of its kind let four of
five through. So what stands beside a number are these words and those of the claim's own sentence,
and a sentence without evidence is one that coach wrote.
"""

import re
from typing import Final

CONNECTING: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "a an the this that these those it its is was were are be been i me my we us our you your"
        " s and but or so because since while when where who whom which what why how as of to from"
        " with for by at in into on here there then still yet also together look see saw"
        " seen show shows showed shown say says said tell tells told ask asks asked know knows knew"
        " known remember notice noticed find finds happen happens happened come comes came have has"
        " had left leave gave give given paid pay made make makes mean means meant record records"
        " history evidence pattern habit fact facts calm calmer moment moments decision"
        " decisions honest honestly plain plainly clear clearly truth true yours mine self"
        " future answer question data measured behind"
        " beside story word words begin begins start starts matters matter worth reason remained"
        " remains away looked test tested whether meant finished let",
    )
)
"""Words that connect and point: none counts, compares, denies, hedges or tells what to do."""
NEGATIONS: Final = frozenset({"not", "no", "nor", "never", "without"})
"""Allowed only before the word that follows them in the claim's own sentence."""
ADVICE: Final = (
    "Take a breath before you decide.",
    "Read the rule that you wrote in calm.",
    "What did you know at that moment?",
    "A good decision can still end badly.",
    "You do not have to act on that feeling.",
    "I know how this feels, and I know that it passes.",
    "Ask yourself what you would tell a friend.",
    "Write down what you think before you act.",
    "Walk away from the screen until the feeling is gone.",
    "You made that promise for a reason.",
    "Is the promise still the right one?",
    "What would make it easier to keep?",
    "Let us look at it together.",
    "Nothing here calls for a hurry.",
    "The calm version of you has already decided.",
    "Which rule would have helped?",
    "Notice what happens right before it.",
    "This is a pattern that you can change.",
    "What does your plan say about this?",
    "Try to describe the moment in your own words.",
    "I would rather know than guess.",
    "Keep your plan in sight while you decide.",
    "Say it plainly to yourself, and then decide.",
    "You asked a fair question.",
)
"""Sentences without evidence that a model may choose from. They tell nobody what to trade."""
