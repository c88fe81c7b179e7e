"""Small changes to a module, each of which some test must notice.

A mutant swaps one comparison, one operator of arithmetic, `and` and `or`, `min` and `max`, turns a
condition round, or moves one number by one. Texts, annotations and decorators stay: what they say
is no arithmetic.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change: what was changed where, and the source as it is then."""

    line: int
    change: str
    source: str


def count(source: str) -> int:
    """Return how many mutants a module has."""
    return sum(1 for _ in _places(ast.parse(source)))


def mutant(source: str, number: int) -> Mutant:
    """Return the mutant of that number, from 0."""
    tree = ast.parse(source)
    node = [*_places(tree)][number]
    before = ast.unparse(node)
    _change(node)
    return Mutant(node.lineno, f"{before} -> {ast.unparse(node)}", ast.unparse(tree))


def _places(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what can be changed, in the order of the source."""
    for node in _walk(tree):
        match node:
            case ast.Compare(ops=[first, *_]) if type(first) in COMPARISONS:
                yield node
            case ast.BinOp(op=operator) if type(operator) in OPERATORS and not _is_text(node):
                yield node
            case ast.BoolOp() | ast.IfExp() | ast.UnaryOp(op=ast.Not() | ast.USub()):
                yield node
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield node
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                yield node


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below that are run, without annotations, decorators and type-only parts."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_type_only(child):
                yield child
                yield from _walk(child)


def _is_type_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _is_text(node: ast.BinOp) -> bool:
    """Whether a text takes part, of which a difference or a product is no Python."""
    parts = (node.left, node.right)
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in parts
    )


def _change(node: ast.expr) -> None:
    match node:
        case ast.Compare():
            node.ops[0] = COMPARISONS[type(node.ops[0])]()
        case ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Call(func=ast.Name() as called):
            called.id = CALLS[called.id]
        case ast.Constant(value=int() | float() as value):
            node.value = value + 1
        case _:
            raise AssertionError(ast.dump(node))
