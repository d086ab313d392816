// The edges of the frame: focus, keys, menus and dragged files do not pass them by themselves.

/** JupyterLab's type of what its file browser drags: a list of paths. */
const FILES = "application/x-jupyter-icontents";

/** Lets files be dropped on a page. */
export function acceptDrops(page) {
  for (const type of ["lm-dragenter", "lm-dragover", "lm-dragleave", "lm-drop"]) {
    page.widget.node.addEventListener(type, (event) => drag(page, event));
  }
}

/** Joins a page that has been loaded, and so is of this origin, to the JupyterLab around its frame. */
export function embed(page) {
  const inner = page.frame.contentWindow;
  inner.addEventListener("pointerdown", (event) => press(page, event), true);
  inner.addEventListener("keydown", (event) => handOn(page, event));
}

/** A press in the frame makes its tab the current one, and closes menus, as a press anywhere else does. */
function press({ widget, frame }, event) {
  const { left, top } = frame.getBoundingClientRect();
  widget.node.focus({ preventScroll: true });
  const place = {
    bubbles: true,
    clientX: left + event.clientX,
    clientY: top + event.clientY,
    button: event.button,
  };
  frame.dispatchEvent(new PointerEvent("pointerdown", place));
  frame.dispatchEvent(new MouseEvent("mousedown", place));
}

/** Keys that the page has no use for are JupyterLab's: its palette, its tabs, its side bar. */
function handOn({ frame }, event) {
  if (
    event.defaultPrevented || !(event.ctrlKey || event.metaKey || event.altKey)
  ) return;
  const { key, code, keyCode, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
  const copy = new KeyboardEvent("keydown", {
    key,
    code,
    keyCode,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
    repeat,
    bubbles: true,
    cancelable: true,
  });
  if (!frame.dispatchEvent(copy)) event.preventDefault();
}

/** Files of the file browser are dropped as those of the page's own list are. */
function drag(page, event) {
  if (!page.isListening || !event.mimeData.hasData(FILES)) return;
  event.preventDefault();
  event.stopPropagation();
  event.dropAction = event.proposedAction;
  if (event.type !== "lm-drop") return;
  const { left, top } = page.frame.getBoundingClientRect();
  const paths = event.mimeData.getData(FILES).map((path) => page.app.serviceManager.contents.localPath(path));
  page.send("drop", { paths, x: event.clientX - left, y: event.clientY - top });
}
