"""Small changes to the arithmetic of a module, each of which some test must notice.

A mutant does one of these:

- it swaps a comparison: `<` and `<=`, `>` and `>=`, `==` and `!=`, `in` and `not in`, `is` and
  `is not`, in a chain each of them;
- it swaps an operator, also before `=`: `+` and `-`, `*` to `+`, `/`, `//`, `%` and `**` to `*`;
- it swaps `and` and `or`, `min` and `max`, `any` and `all`, or the two values of `a if b else c`;
- it drops a `not` or a minus;
- it adds one to a number, also to one that is written as `Decimal("0.01")`.

What is no arithmetic stays: docstrings, texts (f-strings, SAYING_MODULE and the functions of
SAYING), annotations, `Literal`, decorators, bases, what is only there for types, `__slots__`,
`version=` of a kind, and the tables of numbers that a module keeps in a dict.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
NOT_RUN = {"annotation", "returns", "decorator_list", "type_params", "bases"}
SAYING = {"sentence", "texts", "describe"}
SAYING_MODULE = "coach/engine/rules/calibration/words.py"
METADATA = {"__slots__", "__all__", "version"}


class Place(NamedTuple):
    """What can be changed: the expression, the comparison of its chain, and where it stands."""

    node: ast.expr | ast.AugAssign
    link: int
    around: "Around"


class Around(NamedTuple):
    """The statement that an expression is part of, and whether a function's body holds it."""

    statement: ast.stmt
    in_function: bool


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change: what was changed, where, and the tree as it is then.

    `lines` are those that run it, None where the import of the module does. It begins on `line`,
    `column` characters from the left, from 0.
    """

    line: int
    column: int
    lines: range | None
    change: str
    tree: ast.Module

    @property
    def source(self) -> str:
        """Return the module as it is then."""
        return ast.unparse(self.tree)


def count(source: str) -> int:
    """Return how many mutants a module has."""
    return sum(1 for _ in _places(ast.parse(source)))


def changes(source: str) -> list[tuple[int, int, str]]:
    """Return of each mutant of a module its line, its column and its change."""
    found = []
    for node, link, _ in _places(ast.parse(source)):
        changed = deepcopy(node)
        _change(changed, link)
        change = f"{ast.unparse(node)} -> {ast.unparse(changed)}"
        found.append((node.lineno, node.col_offset, change))
    return found


def mutant(source: str, number: int) -> Mutant:
    """Return the mutant of that number, from 0."""
    tree = ast.parse(source)
    node, link, around = [*_places(tree)][number]
    before = ast.unparse(node)
    _change(node, link)
    lines = range(around.statement.lineno, (node.end_lineno or node.lineno) + 1)
    change = f"{before} -> {ast.unparse(node)}"
    return Mutant(node.lineno, node.col_offset, lines if around.in_function else None, change, tree)


def _places(tree: ast.Module) -> Iterator[Place]:
    """Yield what can be changed, in the order of the source."""
    for node, around in _walk(tree, Around(ast.Pass(), in_function=False)):
        if isinstance(node, ast.Compare):
            for link, comparison in enumerate(node.ops):
                if type(comparison) in COMPARISONS:
                    yield Place(node, link, around)
        elif isinstance(node, ast.expr | ast.AugAssign) and _can_change(node):
            yield Place(node, 0, around)


def _can_change(node: ast.expr | ast.AugAssign) -> bool:
    match node:
        case ast.BinOp(op=operator):
            return type(operator) in OPERATORS and not _is_text(node)
        case ast.AugAssign(op=operator):
            return type(operator) in OPERATORS
        case ast.BoolOp() | ast.IfExp() | ast.UnaryOp(op=ast.Not() | ast.USub()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in CALLS or _decimal(node) is not None
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
    return False


def _walk(node: ast.AST, around: Around) -> Iterator[tuple[ast.AST, Around]]:
    """Yield the nodes below that are arithmetic if anything is, each with where it stands."""
    for name, value in ast.iter_fields(node):
        if name in NOT_RUN:
            continue
        inside = around.in_function or (isinstance(node, ast.FunctionDef) and name == "body")
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_out(child, node):
                statement = child if isinstance(child, ast.stmt) else around.statement
                here = Around(statement, inside)
                yield child, here
                yield from _walk(child, here)


def _is_left_out(node: ast.AST, parent: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case ast.FunctionDef(name=name) if isinstance(parent, ast.Module):
            return name in SAYING
        case ast.keyword(arg=name) | ast.Assign(targets=[ast.Name(id=name)]) if name in METADATA:
            return True
        case ast.Assign(value=ast.Dict()) | ast.AnnAssign(value=ast.Dict()):
            return isinstance(parent, ast.Module)
    return False


def _is_text(node: ast.BinOp) -> bool:
    """Whether a text takes part, of which a difference or a product is no Python."""
    parts = (node.left, node.right)
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in parts
    )


def _decimal(node: ast.Call) -> Decimal | None:
    """Return the number of `Decimal("0.01")`, None of another call."""
    match node:
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as text)]):
            try:
                return Decimal(text)
            except InvalidOperation:
                return None
    return None


def _change(node: ast.expr | ast.AugAssign, link: int) -> None:
    match node:
        case ast.Compare():
            node.ops[link] = COMPARISONS[type(node.ops[link])]()
        case ast.BinOp() | ast.AugAssign():
            node.op = OPERATORS[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case ast.UnaryOp(op=ast.USub()):
            node.op = ast.UAdd()
        case ast.UnaryOp():
            node.operand = ast.copy_location(ast.UnaryOp(ast.Not(), node.operand), node)
        case ast.Call(func=ast.Name(id=name) as called) if name in CALLS:
            called.id = CALLS[name]
        case ast.Call(args=[ast.Constant() as written]):
            written.value = str((_decimal(node) or Decimal(0)) + 1)
        case ast.Constant(value=int() | float() as value):
            node.value = value + 1
        case _:
            raise AssertionError(ast.dump(node))
