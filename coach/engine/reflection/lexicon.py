"""How a language model may word what the evidence says: whole phrases, and no word beside them.

A list of forbidden words is a sieve, and so is a list of allowed ones: `are`, `to` and `be` are
harmless alone. So a sentence is made of phrases that were each read as a whole, with the names of
slots at their places. What a habit's effect is said of is not here: it is the claim's own clause.
"""

import re
from collections.abc import Mapping
from typing import Final

from coach.engine.reflection.shape import ClaimKind

SOURCE: Final = "(?:data|numbers|evidence|record|records|history|trades|trading)"
CALLED: Final = (
    "(?:revenge trading|chasing|overtrading|averaging down|panic selling|fatigue"
    "|(?:the )?disposition effect|(?:the )?lottery preference)"
)
START: Final = "well|look|yes|honestly|plainly|here it is|now"
"""How a sentence may begin, and nothing else."""
IT: Final = "(?:it|that|this|they|the habit|that habit|this habit)"
LEADS: Final = f"""
and|but|so|still|also|yet|then|here|remember(?: that)?|keep in mind(?: that)?|in short|so far
until now|in (?:plain|other) words|you asked(?: and)?|in the past|for now|as yet|it is early
as for (?:(?:the |your )?(?:money|trades|promises?|habits?|rules?|entries)|fear|hope)
look at your (?:entries|promise)|here is your {SOURCE}|we (?:do )?know that
your {SOURCE} (?:shows?|says?) it|it shows that|it is a fact that
to be (?:honest|plain|precise|exact|clear)|let (?:me|us) be (?:plain|clear|honest|precise)
i will be plain|let me say it plainly|i can say it simply|i say (?:this|it) plainly
please be patient
(?:as )?(?:your |the )?{SOURCE} (?:also )?(?:shows?|says?|is)(?: us)?(?: that| this)?
here is (?:the|a) (?:truth|fact|habit|pattern|question|record|answer|short version)
here are the facts|here is (?:some )?good news
(?:this|that|here) is what (?:i|we) (?:see|know|found|find)
(?:this|that) is what (?:happened|the {SOURCE} (?:says?|shows?))|it (?:also )?says(?: that)?
what (?:i|we) (?:see|know|found|find)(?: here)? is(?: that)?|what happened is(?: that)?
what (?:the )?{SOURCE} (?:says?|shows?) is(?: this| that)?|there is this
i (?:also )?(?:see|found|find|noticed|know)(?: that)?
you (?:can )?see(?: it)?(?: here)?(?: that)?
i can (?:also |only )?(?:see|say|tell you|show you)(?: that)?
what i can (?:say|tell you|show you) is(?: that)?|look at (?:it|this|your {SOURCE})
in your (?:{SOURCE}|case)|in my view|it is worth noticing that
"""
SHOWING: Final = f"""
(?:this|that|it) is a pattern|here is a question|there is (?:a|the) pattern(?: here)?
i (?:see|found) a pattern|there is {CALLED}|(?:it|that|this) (?:is|was|came|happened)
they (?:were|came)|it (?:shows|showed)|that is|(?:this|that|it) is {CALLED}
(?:i (?:can )?(?:see|found)|you (?:can )?see) {CALLED}
{CALLED}(?: shows?| is)?(?: in your {SOURCE})?|sloteffect
(?:it is )?(?:measured |seen )?over slotn|only you can say why|say whether you meant it
is it a (?:rule|habit|pattern)(?: of yours)?|the evidence is (?:possible|likely|strong)
"""
HABITUAL: Final = f"""
{SHOWING}|(?:it|that|this) is (?:a|the) habit|there is a habit(?: here)?|the habit is
(?:that|this|the) habit shows|the habit is {CALLED}|i (?:see|found) a habit
your {SOURCE} has a (?:clear )?habit|then there is {CALLED}
(?:{IT} |{CALLED} )?costs?(?: you)?(?: a cost of)? slotcost
(?:{IT} )?(?:came|comes) (?:at|with)(?: a cost)? slotcost
(?:that|this|the) habit (?:has a cost|carried) slotcost
(?:at a cost|at|with)(?: the cost)? slotcost|the cost (?:is|was)(?: slotcost)?
what it cost is slotcost
"""
OUTCOME: Final = """
(?:in|over|within)(?: the)?(?: last)? slotdays(?: of (?:your )?history)?
slotdays of (?:your )?history|you (?:closed|finished|completed|had) slotclosed
there (?:were|are) slotclosed(?: that)?|slotclosed|i (?:see|count|found) slotclosed
(?:the|your) (?:record|history) of slotdays|the last slotdays
(?:the |your )?(?:record|history)(?: of slotdays)? (?:has|holds|shows) slotclosed
(?:had|hold|holds) slotclosed|of slotclosed(?: we have)?|ended|here is the record of slotdays
it comes from slotclosed|(?:they|it) ended(?: in| as)?|ended(?: in| as)|ending(?: in| as)|with
namely|these (?:were|are) the (?:outcomes|results)|(?:and )?these outcomes|with these outcomes
slotoutcomes|the (?:outcomes|results)(?: of slotclosed)? (?:were|are)|in slotclosed
you had slotoutcomes|no trade was closed
"""
MONEY: Final = """
(?:they|that|your (?:closed )?trades)(?: also)? (?:brought|left)(?: you)?(?: with)? slotnet
(?:they|your (?:closed )?trades)(?: also)? brought(?: you)? slotnet
you (?:were|are) left with slotnet|you (?:have|hold|ended up with|end up with) slotnet
there is slotnet|it is slotnet|it came to slotnet|slotnet remained|(?:you have )?slotnet left
(?:you )?were left with slotnet
what (?:remained|remains|is left|was left|they brought|you kept)(?: after slotfees)? is slotnet
slotnet|the (?:other )?result(?: of your trades)? (?:is|was) slotnet
the outcome(?: so far)? (?:is|was) slotnet|and slotnet remained
which leaves(?: you)?(?: with)? slotnet|leaves you with slotnet|after slotfees(?: in fees)?
after (?:fees|costs|everything)|slotfees(?: in fees)?|having paid slotfees
(?:and )?(?:you )?(?:paid|gave away|gave) slotfees(?: in fees)?|in fees(?: you paid slotfees)?
you spent slotfees(?: in fees)?|(?:your |the )?fees (?:came to|were|are|took) slotfees
slotfees went (?:on|in) fees|slotfees were paid|in (?:that|the other) currency
net of (?:everything|fees|costs)|together
"""
PROMISED: Final = """
(?:you|your calm self) (?:promised|said|wrote|signed)(?: slotpromise)?|slotpromise
you also promised slotpromise|it (?:is|was) slotpromise|you broke slotpromise|i remember that
slotpromise was yours
your (?:other |calm )?(?:promise|rule)(?: (?:is|was|says|said))?(?: slotpromise)?
the (?:other )?(?:promise|rule)(?: (?:is|was|says|said))?(?: slotpromise)?
(?:it|this) (?:is|was) your promise(?: slotpromise)?|this is your rule(?: slotpromise)?
it (?:says|said|reads) slotpromise|what you promised is slotpromise|is what you promised
in your words slotpromise|as well|too|(?:you )?broke (?:a|your|the) promise
slotbreaches broke (?:it|your promise(?: slotpromise)?)|slotbreaches
there (?:were|are) slotbreaches(?: (?:against|that broke)(?: it| your promise)?(?: slotpromise)?)?
was broken|it was broken|i (?:see|count|counted|found) slotbreaches|you (?:had|see) slotbreaches
(?:had|has|met|saw) slotbreaches|was not kept
(?:the |your )?(?:record|data|trades) (?:shows?|has) slotbreaches
against (?:it|your promise|your promise slotpromise|slotpromise)
(?:you )?did not keep (?:it|slotpromise)
(?:you know that|you see|and then|although|though|yet) slotbreaches(?: broke it)?
of your promises|the promise (?:was broken|slotpromise was broken)(?: in slotbreaches)?
and then there were slotbreaches|look at your promise slotpromise
"""
HONOURED: Final = """
(?:you|you also|so you) (?:kept|respected|honoured|honored|stuck to|followed) slotrules
you did not break slotrules|without (?:a|any) breach(?: you kept slotrules)?
slotrules (?:were kept|held|stand|are unbroken)|slotrules|you kept your word
there (?:were|are) slotrules(?: that you did not break)?
of your (?:rules|promises)(?: you kept slotrules)?|that is worth something
"""
FOUND: Final = f"""
(?:it|that|this|these|they)? ?(?:was|were)? ?tested(?: for)?(?: over slotn)?
tested(?: and)? not found|not found|and not found
(?:it|that|this|they) (?:was|were) (?:tested and )?(?:was |were )?not found|was not found
were not found|were tested(?: over slotn)?|was tested(?: over slotn)?
(?:they|it) (?:was|were) tested over slotn|i tested(?: for)?(?: these| it| this)?(?: over slotn)?
i looked for(?: it| them| these)?(?: over slotn)?
i (?:did not find|do not find)(?: it| them| these| this)?|did not find(?: it| them)?
it is not there|and it is not there|the test(?: over slotn)? did not find it
i found no evidence of|found no evidence of|over slotn|slothabits|and that
(?:was|were) (?:tested and )?not found|although tested|in your trades|the following
here is what was|what i looked for|{CALLED}(?: (?:was|were))?|quick entries after losses
winners sold sooner than losers|late trades|entries after strong moves|closing in sharp falls
cheap coins with wild prices|for that|i did not find|these(?: were)?|that was|it was
tested they were|of
"""
LACKING: Final = f"""
there is (?:still )?(?:not (?:yet )?enough|too little) evidence(?: yet)?
there is not yet enough evidence|not enough evidence(?: yet)?
i (?:still )?need slotneeded(?: more history)?
slotneeded(?: (?:are|is))?(?: still)?(?: needed| missing)?|needed|are needed|are missing
are still missing|there are slotneeded (?:missing|needed|to go)|i would need slotneeded
it takes slotneeded|more history will help
(?:to|before i can) (?:say|know|speak|judge)(?: anything| more)?(?: yet)?
i cannot (?:yet )?(?:say|speak|judge)(?: anything| that)?(?: yet)?|i do not know enough(?: yet)?
i know too little|for want of slotneeded
(?:of|on|about|for) (?:it|that|slothabits|{CALLED}|late trades|buying back)
(?:of|on|about|for) buying back what was sold(?: at a gain)?
(?:of|on|about|for) cheap coins(?: with wild prices)?|slothabits|{CALLED}|until then
i say nothing|i need more history|before there are slotneeded|ask me again after slotneeded
(?:to|and) (?:comment|know)|say anything (?:of|on|about) slothabits|yet
"""
KINDS: Final[Mapping[ClaimKind, str]] = {
    "nothing": OUTCOME,
    "trades": OUTCOME,
    "money": MONEY,
    "habit": HABITUAL,
    "pattern": SHOWING,
    "absent": FOUND,
    "clear": FOUND,
    "unsure": LACKING,
    "missing": LACKING,
    "broken": PROMISED,
    "kept": HONOURED,
}


def _any_of(phrases: str) -> str:
    """Return a pattern for any of the phrases, one line or bar each."""
    return "|".join(line.strip() for line in phrases.strip().splitlines() if line.strip())


PHRASES: Final[Mapping[ClaimKind, str]] = {
    kind: f"{_any_of(phrases)}|{_any_of(LEADS)}" for kind, phrases in KINDS.items()
}
"""The phrases that a sentence about a claim of a kind may be made of."""
NOT_FOUND: Final = re.compile(r"\bnot found\b|\bnot (?:find|there)\b|\bfound no evidence\b")
NOT_ENOUGH: Final = re.compile(
    r"\b(?:not (?:yet )?enough|need(?:ed)?|missing|too little|cannot|want of|not know|it takes)\b"
)
SENSE_OF: Final[Mapping[ClaimKind, re.Pattern[str]]] = {
    "absent": NOT_FOUND,
    "clear": NOT_FOUND,
    "unsure": NOT_ENOUGH,
    "missing": NOT_ENOUGH,
}
"""What a sentence of the kind has to say: that something was not found, or is not known."""
