"""Workbooks calculated by LibreOffice, where it is installed; tests that need it are skipped elsewhere."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

SOFFICE = shutil.which("soffice")
_VALUE = re.compile(rb'( t="str")?(><f>.*?</f>)<v>.*?</v>', re.DOTALL)


def without_values(data: bytes) -> bytes:
    """The same file without what we wrote beside the formulas, so that only a calculation can fill it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, _VALUE.sub(rb"\2", content) if "worksheets" in part else content)
    return out.getvalue()


def calculated(data: bytes, folder: Path) -> Path:
    """The workbook as LibreOffice calculates and saves it, every formula anew."""
    (folder / "bare.xlsx").write_bytes(without_values(data))
    command = [str(SOFFICE), f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "out"), str(folder / "bare.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / "out/bare.xlsx"
