"""The one step of packaging that pyproject.toml has no words for: datasets/organisation goes into the wheel.

In a checkout the files are read where offices edit them; `datasets` must not become a package of that name.
"""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py


class WithOrganisation(build_py):
    """Copies the organisation's files beside the code that reads them."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            source = Path(__file__).parent / "datasets" / "organisation"
            copytree(source, Path(self.build_lib) / "nlp" / "organisation" / "data", dirs_exist_ok=True)


setup(cmdclass={"build_py": WithOrganisation})
