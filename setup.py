"""The one step of packaging that pyproject.toml has no words for: datasets/organisation goes into the wheel.

In a checkout the files are read where offices edit them; `datasets` must not become a package of that name.
"""

from pathlib import Path
from shutil import copytree, rmtree

from setuptools import setup
from setuptools.command.build_py import build_py


class WithOrganisation(build_py):
    """Copies the organisation's files beside the code that reads them."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "nlp" / "organisation" / "data"
            rmtree(target, ignore_errors=True)  # a decree that was taken back must not live on in build/
            copytree(Path(__file__).parent / "datasets" / "organisation", target)


setup(cmdclass={"build_py": WithOrganisation})
