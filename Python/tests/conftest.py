"""Notebooks for the tests; `lyre` is that of the installed wheel."""
import nbformat
import pytest


@pytest.fixture
def notebook(tmp_path):
    """Makes a notebook in the test's folder and returns its path."""
    def make(*sources, name="n.ipynb", tags=None, kernel="python3"):
        cells = [nbformat.v4.new_code_cell(source, id=f"c{index}") for index, source in enumerate(sources)]
        for index, tag in (tags or {}).items():
            cells[index].metadata.tags = [tag]
        spec = {"name": kernel, "display_name": "Python 3", "language": "python"}
        path = tmp_path / name
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), path)
        return path
    return make
