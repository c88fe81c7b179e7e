"""The disposition effect of a whole portfolio, by two published definitions.

`orders`, `market`, `walk`, `observations`, `measures` and `series` compute what the R package
dispositionEffect 1.0.1 computes, number by number: there every order is an observation of every
position held. `odean` counts as Odean (1998) did: once a day, on days with a sale.
"""
