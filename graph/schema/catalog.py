"""THE ONE DECLARATION: every label, link type and property that the graph knows.

DDL, MERGE text, row checks, table columns, docs/schema.md, legends and captions derive from it.
"""

from graph.schema.links import LINK_COMMON, LINKS
from graph.schema.nodes import NODE_COMMON, NODES
from graph.schema.words import Schema

SCHEMA = Schema(nodes=NODES, links=LINKS, link_common=LINK_COMMON, node_common=NODE_COMMON)
