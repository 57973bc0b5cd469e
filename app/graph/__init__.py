"""The node document: nodes, edges, operations, validation and order; pure, no input or output."""

from .apply import Applied, Conflict, Rejection, apply, replay, trim_history
from .canvas_file import read_canvas, write_canvas
from .cost import CostExceeded, CostMeter, minimum_cost
from .delta import delta_since
from .diff import Difference, EdgeDifference, NodeDifference, diff
from .elements import Edge, Node
from .fields import Fields
from .labels import label_of, place_of
from .merging import Choice, Choices, MergeConflict, Merged, merge_graphs
from .model import Graph, LastWrite
from .muting import in_effect, is_off
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
from .restore import restore_operations, subflow, whole_operations
from .sequence import chain, difference, rising, unmoved
from .undo import Skipped, UndoContext, UndoStep, overwritten, step_ids, undo_operations
from .validation import Problem, problems
from .values import plain_numbers
from .writes import written_fields

__all__ = [
    "ASSEMBLY",
    "SHOT",
    "TRANSITION",
    "AddEdge",
    "AddNode",
    "Applied",
    "Choice",
    "Choices",
    "Conflict",
    "CostExceeded",
    "CostMeter",
    "Cut",
    "CutScene",
    "Difference",
    "Edge",
    "EdgeDifference",
    "EditText",
    "Fields",
    "Graph",
    "LastWrite",
    "MergeConflict",
    "Merged",
    "MoveNode",
    "Node",
    "NodeDifference",
    "Operation",
    "Problem",
    "Registry",
    "Rejection",
    "RemoveEdges",
    "RemoveNodes",
    "SetEdge",
    "SetGraph",
    "SetNode",
    "Skipped",
    "Transaction",
    "UndoContext",
    "UndoStep",
    "apply",
    "availability",
    "chain",
    "cut_order",
    "delta_since",
    "diff",
    "difference",
    "in_effect",
    "is_off",
    "is_omitted",
    "key_between",
    "keys_between",
    "label_of",
    "merge_graphs",
    "minimum_cost",
    "overwritten",
    "place_of",
    "plain_numbers",
    "problems",
    "read_canvas",
    "replay",
    "restore_operations",
    "rising",
    "step_ids",
    "subflow",
    "trim_history",
    "undo_operations",
    "unmoved",
    "whole_operations",
    "write_canvas",
    "written_fields",
]
