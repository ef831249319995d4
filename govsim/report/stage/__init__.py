"""What a community looks like on a canvas: where everybody stands, and what is seen in a week.

The lessons and the live app send the same two things to the same script, ``stage.js``.
"""

from govsim.report.stage.frames import Frame, frame
from govsim.report.stage.layout import setting
from govsim.report.stage.script import script

__all__ = ["Frame", "frame", "script", "setting"]
