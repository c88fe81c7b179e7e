"""Words that a language model may not write: numbers, amounts, comparisons, trades, insults.

A word that the claim's own sentence holds is allowed beside that claim: coach wrote it.
"""

import re
from typing import Final

NUMBERS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "zero nil nought one two three four five six seven eight nine ten eleven twelve thirteen"
        " fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fourty fifty"
        " sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion"
        " billions trillion dozen dozens score scores couple pair pairs trio handful several few"
        " half halves halved halving third thirds quarter quarters fourth fourths fifth fifths"
        " sixth seventh eighth ninth tenth tenths twentieth hundredth first second seconds firstly"
        " secondly thirdly last once twice thrice double doubled doubles doubling triple tripled"
        " triples tripling treble quadruple quadrupled quintuple fold twofold threefold tenfold"
        " times multiple multiples percent percentage percents pct cent cents bps basis permille"
        " fraction fractions share ratio rate rates proportion odds chance chances probability"
        " probable probably likelihood certainty confidence significant significance average"
        " averages mean median total totals sum sums count counts number numbers digit digits"
        " most mostly majority minority all every everything each apiece per any always never"
        " none nobody nothing both either only single sole rarely seldom usually frequently"
        " constantly plus minus negative positive squared between"
        " zwei drei vier sechs sieben acht neun zehn zwanzig hundert tausend prozent doppelt"
        " deux trois quatre cinq huit neuf dix vingt mille pourcent uno dos tres cuatro cinco"
        " seis siete ocho nueve diez veinte ciento mil due tre quattro cinque sei sette otto"
        " nove dieci venti duas quatro sete oito twee drie vijf zes zeven negen tien",
    )
)
"""Number words, fractions, multiples, quantifiers, and nouns that call for a number."""
NUMBER_PARTS: Final = re.compile(
    r"hundred|thousand|million|billion|^(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"|fold$|teen$|percent"
)
ROMAN: Final = re.compile(r"\b[IVXLCDM]{2,}\b")
SPELLED: Final = re.compile(r"\b(?:[A-Za-z][ .\-]){2,}[A-Za-z]\b")
"""Letters one by one, which would hide a word."""
TIMES: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "january february march april may june july august september october november december"
        " monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow"
        " tonight hour hours minute minutes day days daily week weeks weekly month months monthly"
        " year years yearly decade decades century",
    )
) - {"may", "march"}
CURRENCIES: Final = frozenset(
    ["dollar", "dollars", "euro", "euros", "pound", "pounds", "yen", "buck", "bucks", "grand"]
)
COMPARISONS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "more less fewer larger smaller bigger higher lower longer shorter sooner later earlier"
        " faster slower better worse best worst above below increase increased increases decrease"
        " decreased decreases rise rises rose risen fall falls fell fallen grow grew grown shrink"
        " shrank gain gained gains lose lost loses save saved saves earn earned earns waste wasted"
        " improve improved improves not no nor neither without hardly barely cannot nowhere",
    )
)
"""In a sentence with a number these turn it round; one that coach wrote may stand."""
ESTIMATES: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "about nearly almost roughly approximately around over under exactly precisely least some"
        " just barely maybe perhaps possibly likely surely definitely certainly up to",
    )
)
"""Before a number these would be a hedge; coach brings its own."""
TRADES: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "buy buys buying bought buyer sell sells selling sold seller hold holds holding held hodl"
        " short shorts shorting shorted long longs enter enters entering entered entry exit exits"
        " exiting exited accumulate accumulating offload dump dumps dumping liquidate invest"
        " invests investing invested bet bets betting leverage leveraged margin hedge scalp ape"
        " allocate allocation rebalance diversify open opens opening opened close closes closing"
        " closed add adds adding added trim trims trimming reduce reduces reducing cut cuts"
        " cutting scale scaling size sizes sizing sized upsize downsize position positions"
        " exposure stake stakes target targets stop stops stoploss profit profits price prices"
        " level levels support resistance breakout rally rallies pump dip dips bottom top moon"
        " bullish bearish bull bear uptrend downtrend trend market markets coin coins token"
        " tokens asset assets stock stocks crypto bitcoin ether ethereum doge dogecoin solana"
        " ripple portfolio order orders fill fills limit signal signals forecast predict predicts"
        " load ladder",
    )
)
"""What a sentence about what to trade needs: verbs, sizes, prices, markets."""
ABUSE: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "idiot idiots idiotic stupid stupidity moron morons dumb fool fools foolish loser pathetic"
        " worthless useless garbage trash failure disgrace disgusting shame shameful ashamed"
        " coward clown imbecile cretin lazy weakling hate kill die damn hell crap shit shitty"
        " fuck fucking fucked bitch bastard asshole arse ass dick retard retarded slut whore",
    )
)
SMUGGLED: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "http https www system prompt prompts instruction instructions ignore override developer"
        " assistant model jailbreak password passwords key keys secret secrets token account"
        " accounts click link links advice advise advisor guarantee guaranteed",
    )
)
"""What only an injected or leaking answer speaks of."""
