"""The demonstration world, written and loaded: what a person sees before any department's file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from app.bootstrap import Loaded, Services
from loaders.pipeline import Progress
from loaders.world.write import write_world

# As large as `xinmai demo` makes it: every pattern and stop rule is in it, and it loads in seconds.
ENTERPRISES = 2_000
SEED = 2014


def load_demonstration(
    services: Services, progress: Progress, enterprises: int = ENTERPRISES
) -> Loaded:
    """Write the demonstration's files, load and publish them, and take the files away again."""
    with TemporaryDirectory(dir=services.workspace.folder, prefix=".demonstration-") as folder:
        world = Path(folder)
        write_world(enterprises, SEED, world, progress)
        return services.load([world / "files"], None, to_store=True, progress=progress)
