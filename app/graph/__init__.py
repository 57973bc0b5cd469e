"""The node document: nodes, edges, operations, validation and order. Pure: no input or output."""
