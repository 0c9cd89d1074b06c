"""The tables of a snapshot from all that the ledger holds, whatever was worked out before."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from loaders.catalogue.catalog import Catalogue
from loaders.ledger import Ledger
from loaders.messages import Progress, message
from loaders.project.coming import Coming
from loaders.project.whole import begin, project
from loaders.resolve.clusters import Clusters, clusters
from loaders.resolve.judgements import Judgement
from loaders.resolve.known import Known, known
from loaders.resolve.leads import Leads, leads
from loaders.resolve.mentions import Mentions, mentions
from loaders.resolve.pairs import stated


def made_anew(
    ledger: Ledger,
    catalogue: Catalogue,
    judgements: Sequence[Judgement],
    tables: Coming,
    progress: Progress,
    keep: Callable[[Known], None] = lambda _known: None,
) -> tuple[Known, Leads]:
    """Put each of the `tables` that the whole ledger makes as soon as it is there.

    Return what resolution knows and what it suspects; `keep` is given the first long before all is
    done.
    """
    progress(message("resolving"))
    found = mentions(ledger, catalogue)
    # Names are cut and compared by Python alone, tables made by other threads: side by side.
    with ThreadPoolExecutor(1) as pool:
        beginning = pool.submit(begin, catalogue, found, tables)
        grouped = clusters(found, judgements)
        nodes = beginning.result()
        knowing = pool.submit(_known, found, grouped, judgements, keep)
        looking = pool.submit(_leads, catalogue, found, grouped, judgements, progress)
        tell_of_judgements(len(grouped.vetoed), len(grouped.gone), progress)
        progress(message("projecting"))
        project(nodes, found, grouped, lambda: looking.result().frame, tables)
        # Rows with who is in them, and nodes that the tables hold: nobody asks any more.
        del nodes, beginning
    return knowing.result(), looking.result()


def _known(
    found: Mentions,
    grouped: Clusters,
    judgements: Sequence[Judgement],
    keep: Callable[[Known], None],
) -> Known:
    worked_out = known(found, grouped, judgements)
    keep(worked_out)
    return worked_out


def _leads(
    catalogue: Catalogue,
    found: Mentions,
    grouped: Clusters,
    judgements: Sequence[Judgement],
    progress: Progress,
) -> Leads:
    progress(message("suspecting"))
    suspected = leads(stated(found, grouped.frame["uid"], catalogue), judgements)
    if passed := sum(suspected.passed_over.values()):
        progress(message("held_by_too_many", count=passed))
    return suspected


def tell_of_judgements(vetoed: int, gone: int, progress: Progress) -> None:
    """Say how many judgements the files speak against, and how many name nobody any more."""
    for code, count in (("judgements_vetoed", vetoed), ("judgements_gone", gone)):
        if count:
            progress(message(code, count=count))
