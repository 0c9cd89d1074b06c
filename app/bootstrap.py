"""The wiring: settings and workspace become the services that commands and screens call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from app.settings import Settings
from app.workspace import Workspace, identity_secret, open_workspace
from graph.analysis.exposure import Edit, Exposure, expose
from graph.analysis.paths import PathAnswer, find_paths
from graph.analysis.search import Candidate, search
from graph.analysis.view import View, open_view
from graph.errors import PartyError, WorkspaceError
from graph.identifiers.identity import IdentityKey
from graph.model import Link, Node, Record, Source, Subgraph
from graph.policy.read import Policy, load_policy
from graph.protocol import GraphStore
from graph.snapshot.reader import Snapshot, open_snapshot
from graph.store.open import StoreTarget, open_reader, open_store
from loaders.catalogue.catalog import Catalogue, load_catalogue
from loaders.ledger import Batch, Ledger
from loaders.pipeline import FileOutcome, Pipeline, Progress
from loaders.publish import Published, publish
from queries.card import Query
from queries.catalog import load_catalog
from queries.run import Answer, run_query
