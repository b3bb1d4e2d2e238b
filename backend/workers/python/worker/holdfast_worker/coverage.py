"""At which instructions of a code object an exception leaves it for certain, whatever its `except` clauses swallow.

An instruction counts as covered when its innermost handler is an `except:`, an `except X:` or a `with`: those may swallow. A
`finally` runs and raises again, so it does not count.
"""

from __future__ import annotations

import dis
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType

# Bytes from one instruction to the next, inline caches aside.
_UNIT = 2
_TYPE_LOADS = ("LOAD_", "BUILD_TUPLE", "PUSH_NULL", "CACHE", "NOP", "EXTENDED_ARG", "COPY", "DUP_TOP")
_TYPE_CHECKS = ("CHECK_EXC_MATCH", "CHECK_EG_MATCH", "JUMP_IF_NOT_EXC_MATCH", "PREP_RERAISE_STAR")

_known: dict[int, tuple[CodeType, frozenset[int]]] = {}
_MAX_KNOWN = 1000


def escapes(code: CodeType, offset: int) -> bool:
    """Whether an exception raised at that instruction gets out of the code."""
    entry = _known.get(id(code))
    if entry is None or entry[0] is not code:
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        entry = _known[id(code)] = (code, frozenset(_escaping_offsets(code)))
    return offset in entry[1]


def _escaping_offsets(code: CodeType) -> Iterable[int]:
    instructions = list(dis.get_instructions(code))
    handlers = _from_table(code, instructions) if sys.version_info >= (3, 11) else _from_blocks(instructions)
    index = {instruction.offset: position for position, instruction in enumerate(instructions)}
    swallows = {target: _may_swallow(instructions, index[target]) for target in set(handlers.values()) if target in index}
    for instruction in instructions:
        # Between an exception's unwinding and PUSH_EXC_INFO the stack is not in a state to raise from.
        if instruction.opname == "PUSH_EXC_INFO":
            continue
        target = handlers.get(instruction.offset)
        if target is None or not swallows.get(target, False):
            yield instruction.offset


def _may_swallow(instructions: list[dis.Instruction], position: int) -> bool:
    """Reads the beginning of a handler: it tells what kind of statement it was compiled from."""
    if instructions[position].opname == "PUSH_EXC_INFO":
        position += 1
    first = instructions[position].opname
    if first in ("POP_TOP", "WITH_EXCEPT_START"):
        return True
    for instruction in instructions[position:]:
        name = instruction.opname
        if name in _TYPE_CHECKS or (name == "COMPARE_OP" and instruction.argval == "exception match"):
            return True
        if not name.startswith(_TYPE_LOADS):
            return False
    return False


def _from_table(code: CodeType, instructions: list[dis.Instruction]) -> dict[int, int]:
    """3.11 and newer: offset → offset of its innermost handler (Objects/exception_handling_notes.txt)."""
    handlers: dict[int, int] = {}
    table: bytes = getattr(code, "co_exceptiontable")
    numbers = _variable_length_integers(table)
    for start, length, target, _depth in zip(numbers, numbers, numbers, numbers):
        for offset in range(start * _UNIT, (start + length) * _UNIT, _UNIT):
            handlers[offset] = target * _UNIT
    return handlers


def _variable_length_integers(table: bytes) -> Iterable[int]:
    position = 0
    while position < len(table):
        byte = table[position]
        value = byte & 63
        while byte & 64:
            position += 1
            byte = table[position]
            value = value << 6 | byte & 63
        position += 1
        yield value


def _from_blocks(instructions: list[dis.Instruction]) -> dict[int, int]:
    """3.9 and 3.10 keep a stack of blocks at run time: it is followed here along every path through the code."""
    position_of = {instruction.offset: position for position, instruction in enumerate(instructions)}
    handlers: dict[int, int] = {}
    seen: set[int] = set()
    # Each entry: where to go on, and the block stack there. None stands for the block of a handler that is being run.
    pending: list[tuple[int, tuple[int | None, ...]]] = [(0, ())]
    while pending:
        position, blocks = pending.pop()
        if position in seen or position >= len(instructions):
            continue
        seen.add(position)
        instruction = instructions[position]
        name = instruction.opname
        innermost = next((block for block in reversed(blocks) if block is not None), None)
        if innermost is not None:
            handlers[instruction.offset] = innermost
        if name in ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH"):
            pending.append((position_of[instruction.argval], (*blocks, None)))
            pending.append((position + 1, (*blocks, instruction.argval)))
            continue
        if name in ("POP_BLOCK", "POP_EXCEPT") and blocks:
            blocks = blocks[:-1]
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            pending.append((position_of[instruction.argval], blocks))
        if name not in ("RETURN_VALUE", "RAISE_VARARGS", "RERAISE", "JUMP_ABSOLUTE", "JUMP_FORWARD"):
            pending.append((position + 1, blocks))
    return handlers
