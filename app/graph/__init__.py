"""The node document: nodes, edges, operations, validation and order; pure, no input or output."""

from .apply import Applied, Conflict, Rejection, apply, forget, replay
from .canvas_file import read_canvas, write_canvas
from .catch_up import difference
from .diff import Difference, EdgeDifference, NodeDifference, diff
from .fields import Fields
from .labels import label_of, place_of
from .model import Edge, Graph, Node, Written
from .operations import (
    AddEdge,
    AddNode,
    EditText,
    MoveNode,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
    Transaction,
)
from .order import ASSEMBLY, SHOT, TRANSITION, Cut, CutScene, cut_order, is_omitted
from .order_keys import key_between, keys_between
from .registry import Registry, availability
from .restore import restore_operations, subflow
from .undo import Past, Skipped, Step, concerned, overwritten, undo_operations
from .validation import Problem, problems
from .values import plain_numbers
from .work import TooMuch, Work, least_work
from .writes import written_by

__all__ = [
    "ASSEMBLY",
    "SHOT",
    "TRANSITION",
    "AddEdge",
    "AddNode",
    "Applied",
    "Conflict",
    "Cut",
    "CutScene",
    "Difference",
    "Edge",
    "EdgeDifference",
    "EditText",
    "Fields",
    "Graph",
    "MoveNode",
    "Node",
    "NodeDifference",
    "Operation",
    "Past",
    "Problem",
    "Registry",
    "Rejection",
    "RemoveEdges",
    "RemoveNodes",
    "SetEdge",
    "SetGraph",
    "SetNode",
    "Skipped",
    "Step",
    "TooMuch",
    "Transaction",
    "Work",
    "Written",
    "apply",
    "availability",
    "concerned",
    "cut_order",
    "diff",
    "difference",
    "forget",
    "is_omitted",
    "key_between",
    "keys_between",
    "label_of",
    "least_work",
    "overwritten",
    "place_of",
    "plain_numbers",
    "problems",
    "read_canvas",
    "replay",
    "restore_operations",
    "subflow",
    "undo_operations",
    "write_canvas",
    "written_by",
]
