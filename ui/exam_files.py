"""The pages of an exam in print, and its files."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import streamlit as st

from tutor.exam_desk import DOCUMENTS, ExamDesk
from ui import marked
from ui.who import Reader

MIME = {"pdf": "application/pdf", "md": "text/markdown", "moodle": "application/xml", "gift": "text/plain",
        "qti": "application/zip", "json": "application/json", "anki": "application/octet-stream"}  # fmt: skip


class ExamFiles:
    """What is taken away of one exam. `made`: as `ExamDesk.exam` gives it."""

    def __init__(self, reader: Reader, desk: ExamDesk, made: Mapping[str, Any]) -> None:
        self.reader = reader
        self.desk = desk
        self.made = made
        self.text = reader.text
        self.exam: str = made["exam"]

    def preview(self) -> None:
        """One document of one version, as it will be printed."""
        versions = [one["version"] for one in self.made["versions"]]
        with st.container(horizontal=True):
            version = self._choice("version", versions, str)
            document = self._choice("document", DOCUMENTS, lambda name: self.text(f"document-{name}"))
        with st.spinner(self.text("previewing")):
            pages = self.desk.preview(self.exam, version, document)
        named = self.text(f"document-{document}")
        for number, page in enumerate(pages, start=1):
            alt = self.text("page-alt", page=number, pages=len(pages), document=named, version=version)
            with st.container(border=True):
                st.image(page, alt=alt, width="stretch")

    def _choice(self, name: str, options: Sequence[str], said: Any) -> str:
        chosen: str = st.segmented_control(
            self.text(name), options, default=options[0], required=True, format_func=said,
            key=f"preview-{name}-{self.exam}-{self.reader.language}",
        )  # fmt: skip
        return chosen

    def files(self) -> None:
        """Every file, by version; those that hold the answers apart."""
        if self.made["state"] != "written":
            st.info(self.text("files-first"), icon=":material/info:")
            return
        files = self.desk.files(self.exam)
        if not files:
            st.warning(self.text("files-gone"), icon=":material/folder_off:")
            return
        st.download_button(
            self.text("download-all"), data=lambda: zipped(files), mime="application/zip", type="primary",
            file_name=f"{Path(files[0]['path']).stem.rsplit('-', 1)[0]}.zip", icon=":material/folder_zip:",
            on_click="ignore",
        )  # fmt: skip
        for version in self.made["versions"]:
            mine = [file for file in files if file["version"] == version["version"]]
            st.subheader(self.text("version-of", version=version["version"]), anchor=False)
            for answers, icon in ((False, ":material/groups:"), (True, ":material/key:")):
                st.markdown(f"{icon} {self.text('with-answers' if answers else 'for-students')}")
                with st.container(horizontal=True, gap="small"):
                    for file in mine:
                        if file["answers"] == answers:
                            self._file(file)

    def _file(self, file: Mapping[str, Any]) -> None:
        st.download_button(
            self.text(f"format-{file['format']}-{file['part']}"), data=lambda: Path(file["path"]).read_bytes(),
            file_name=file["name"], mime=MIME[file["format"]], key=f"file-{file['name']}", on_click="ignore",
            icon=":material/download:", help=marked.safe(file["name"]),
        )  # fmt: skip


def zipped(files: Sequence[Mapping[str, Any]]) -> bytes:
    """The files in one archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file["path"], file["name"])
    return out.getvalue()
