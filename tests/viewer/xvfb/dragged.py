"""A window of another program, from which a file can be dragged: python dragged.py FILE X Y."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(sys.argv[1])])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


app = QApplication([])
source = Source("drag me")
source.setGeometry(int(sys.argv[2]), int(sys.argv[3]), 120, 80)
source.show()
app.processEvents()
print("ready", flush=True)
app.exec()
