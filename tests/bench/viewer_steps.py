"""One step a frame, in our viewer and in the bare pages alike: how long is a frame while scrolling, painting, undoing?

A step is given to the page in an animation frame; the next frame begins when the page and the graphics have coped with
it, so the time between frames holds all the work that a step makes, wherever it is done. A screen's own frame is 17 ms.
What of it the page itself works, on the thread that takes mouse and keys, is told apart: the step, and what is painted
in the frame that follows it.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

SCROLLS = 16
POINTS = 40
PATH_RADIUS_MM = 15.0
REST_MS = 400

FRAMES = """async ([name, steps]) => {
  const viewport = document.querySelector('section[data-plane=axial] > div') ?? document.getElementById('axial');
  const box = (viewport ?? document.body).getBoundingClientRect();
  const goes = { bubbles: true, cancelable: true, view: window };
  const middle = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
  const mouse = { pointerId: 1, pointerType: 'mouse', isPrimary: true };
  const key = (shiftKey) =>
    window.dispatchEvent(new KeyboardEvent('keydown', { ...goes, key: shiftKey ? 'Z' : 'z', code: 'KeyZ', shiftKey }));
  const dot = document.createElement('div');
  Object.assign(dot.style, { position: 'fixed', top: 0, left: 0, width: '8px', height: '8px', zIndex: 99999 });
  const acts = {
    nothing: (n) => { dot.style.background = n % 2 ? '#202020' : '#404040'; },
    scroll: (by) => {
      if (window.bare?.step) window.bare.step(by);
      else viewport.dispatchEvent(new WheelEvent('wheel', { ...goes, ...middle, deltaY: 100 * by }));
    },
    move: ([clientX, clientY]) => {
      const at = { ...goes, clientX, clientY, buttons: 1 };
      if (window.bare) document.dispatchEvent(new MouseEvent('mousemove', at));
      else viewport.dispatchEvent(new PointerEvent('pointermove', { ...at, ...mouse }));
    },
    undo: (back) => window.bare ? (back ? window.bare.undo() : window.bare.redo()) : key(!back),
  };
  // Asked for after the step, so that what the step has painted in the frame is over when this is called.
  const frame = () => new Promise((done) => requestAnimationFrame((began) => done([performance.now(), began])));
  const times = [];
  const own = [];
  if (name === 'nothing') document.body.append(dot);
  let [before] = await frame();
  for (const step of steps) {
    const started = performance.now();
    acts[name](step);
    // What a step has the page do as soon as it is over.
    await null;
    const acted = performance.now() - started;
    const [now, began] = await frame();
    times.push(now - before);
    own.push(acted + now - began);
    before = now;
  }
  dot.remove();
  return [times, own];
}"""


@dataclass(frozen=True)
class Frames:
    """Times of single frames, in ms, and what of each was the page's own work."""

    ms: Sequence[float]
    own_ms: Sequence[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.ms)

    @property
    def own(self) -> float:
        """The middle one of the page's own work."""
        return statistics.median(self.own_ms)

    @property
    def p90(self) -> float:
        """One in ten is longer."""
        return sorted(self.ms)[math.floor(0.9 * (len(self.ms) - 1))]


@dataclass(frozen=True)
class Place:
    """Where the middle of the volume is in the axial viewport, in page pixels."""

    x: float
    y: float
    mm_per_pixel: float


def nothing(page: Page) -> Frames:
    """A dot changes its colour: what a frame of the page costs whatever is done in it."""
    return _frames(page, "nothing", list(range(2 * SCROLLS)))


def scroll(page: Page) -> Frames:
    """There and back again, a slice a frame."""
    return _frames(page, "scroll", [1] * SCROLLS + [-1] * SCROLLS)


def stroke(page: Page, place: Place) -> Frames:
    """A round stroke of the brush in use, about 2.4 mm a frame."""
    radius = PATH_RADIUS_MM / place.mm_per_pixel
    turns = [2 * math.pi * n / POINTS for n in range(POINTS + 1)]
    points = [(place.x + radius * math.cos(turn), place.y + radius * math.sin(turn)) for turn in turns]
    page.mouse.move(*points[0])
    page.wait_for_timeout(REST_MS)
    page.mouse.down()
    frames = _frames(page, "move", points[1:])
    page.mouse.move(*points[-1])
    page.mouse.up()
    page.wait_for_timeout(REST_MS)
    return frames


def undo(page: Page) -> Frames:
    """The last stroke away and back, ten times."""
    return _frames(page, "undo", [True, False] * 10)


def _frames(page: Page, name: str, steps: Sequence[Any]) -> Frames:
    ms, own_ms = page.evaluate(FRAMES, [name, list(steps)])
    return Frames(ms, own_ms)
