"""Chromium's picture of the text that the reading column shows: same font file, sizes, widths and line heights.

The page is made from the document's own text. Where lines break, how letters join and in which order they stand is
Chromium's doing; it is told only where each paragraph begins, so that the lines of the two pictures lie side by side.
"""

import html
import os
import subprocess

from PIL import Image

from desktop import Failure

PAGE = """<!doctype html>
<meta charset="utf-8">
<style>
@font-face {{ font-family: Book; font-weight: 400; src: url("file://{fonts}/Amiri-Regular.ttf"); }}
@font-face {{ font-family: Book; font-weight: 700; src: url("file://{fonts}/Amiri-Bold.ttf"); }}
html, body {{ margin: 0; background: rgb{paper}; color: rgb{ink}; overflow: hidden; }}
p {{ position: absolute; left: 0; margin: 0; width: {width}px; font-family: Book; white-space: pre-wrap;
     overflow-wrap: break-word; text-align: start; unicode-bidi: isolate; }}
</style>
{paragraphs}
"""


def page(paragraphs, width, paper, ink, fonts):
    """The page. Each paragraph: text, direction (`rtl`, `ltr`), top, size and line height in pixels, bold or not."""
    shown = []
    for one in paragraphs:
        weight = 700 if one["bold"] else 400
        shown.append(
            f'<p dir="{one["direction"]}" style="top:{one["top"]:g}px;font-size:{one["size"]:g}px;'
            f'line-height:{one["line"]:g}px;font-weight:{weight}">{html.escape(one["text"])}</p>'
        )
    return PAGE.format(
        fonts=fonts, paper=tuple(paper), ink=tuple(ink), width=width, paragraphs="\n".join(shown)
    )


def picture(source, size, folder, name):
    """Chromium's picture, `size` pixels, of the page `source`. Both files stay in `folder`."""
    place = folder / f"{name}.html"
    target = folder / f"{name}.png"
    place.write_text(source, encoding="utf-8")
    target.unlink(missing_ok=True)
    profile = folder / "chromium-profile"
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-lcd-text",
        "--font-render-hinting=none", "--force-device-scale-factor=1", "--no-first-run", "--disable-extensions",
        "--disable-background-networking", "--allow-file-access-from-files", f"--user-data-dir={profile}",
        f"--window-size={size[0]},{size[1]}", f"--screenshot={target}", place.as_uri(),
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=environment)
    if not target.exists():
        raise Failure(f"Chromium made no picture (exit {done.returncode}): {done.stderr.decode()[-400:]}")
    return Image.open(target).convert("RGB")
