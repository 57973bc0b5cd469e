// Put into each page before its own scripts: a hand that works once a frame, and a clock for frames.
// Nothing here knows of the product, nor of its peers; `systems.py` says what to take hold of.
window.hand = (() => {
  const frame = () => new Promise((go) => requestAnimationFrame(go));

  /** Milliseconds since the navigation at which `ready()` was first true and painted. */
  async function usable(ready, limit = 120_000) {
    for (;;) {
      await frame();
      const now = performance.now();
      if (ready()) {
        await frame();
        await new Promise((go) => setTimeout(go));
        return performance.now();
      }
      if (now > limit) throw new Error('not usable in time');
    }
  }

  /** Does `step(i)` in each of `count` frames, or of as many as go into six seconds; the times
   * between frames in milliseconds. */
  async function frames(count, step) {
    const times = [];
    let last = await frame();
    const end = last + 6_000;
    for (let i = 0; i < count && last < end; i += 1) {
      step(i);
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    return times;
  }

  const mouse = (type, at, more = {}) =>
    new MouseEvent(type, {
      bubbles: true, cancelable: true, composed: true, view: window,
      clientX: at[0], clientY: at[1], ...more,
    });
  const pointer = (type, at, more = {}) =>
    new PointerEvent(type, {
      bubbles: true, cancelable: true, composed: true, view: window, pointerId: 1,
      pointerType: 'mouse', isPrimary: true, clientX: at[0], clientY: at[1], ...more,
    });

  /** A point of the view over an element that `fits`, near the middle. */
  function find(fits) {
    for (const at of spiral()) if (fits(document.elementFromPoint(...at))) return at;
    throw new Error('nothing to take hold of');
  }

  function* spiral() {
    const [cx, cy] = [innerWidth / 2, innerHeight / 2];
    for (let i = 0; i < 400; i += 1) yield [cx + i * Math.cos(i), cy + 0.8 * i * Math.sin(i)];
  }

  /** Press, move by `path(i)` in each frame, let go. */
  async function pull(at, button, count, path) {
    const target = document.elementFromPoint(...at);
    const held = { button, buttons: button === 1 ? 4 : 1 };
    target.dispatchEvent(pointer('pointerdown', at, held));
    target.dispatchEvent(mouse('mousedown', at, held));
    let here = at;
    const times = await frames(count, (i) => {
      const [dx, dy] = path(i);
      here = [here[0] + dx, here[1] + dy];
      const over = document.elementFromPoint(...here) ?? target;
      over.dispatchEvent(pointer('pointermove', here, held));
      over.dispatchEvent(mouse('mousemove', here, { buttons: held.buttons }));
    });
    window.dispatchEvent(pointer('pointerup', here, { button }));
    window.dispatchEvent(mouse('mouseup', here, { button }));
    return times;
  }

  async function turn(count, step) {
    const at = [innerWidth / 2, innerHeight / 2];
    return frames(count, (i) => {
      const over = document.elementFromPoint(...at);
      over.dispatchEvent(
        new WheelEvent('wheel', {
          bubbles: true, cancelable: true, view: window, deltaY: step(i),
          clientX: at[0], clientY: at[1],
        }),
      );
    });
  }

  const circle = (i) => [12 * Math.cos(i / 9), 12 * Math.sin(i / 9)];
  const breathe = (size) => (i) => (Math.floor(i / 15) % 2 ? size : -size);

  /** What both canvases built on Svelte Flow share. */
  const svelteFlow = {
    pan: (count) => pull(find((e) => e.classList.contains('svelte-flow__pane')), 1, count, circle),
    zoom: (count) => turn(count, breathe(30)),
    async drag(count) {
      const node = (e) => e.closest('.svelte-flow__node') && !e.closest('button,input,textarea,select,.nodrag');
      for (const at of spiral()) {
        // Far away, whatever the pointer comes to is there for the hand in the next frames.
        document.elementFromPoint(...at).dispatchEvent(pointer('pointermove', at));
        await frame();
        await frame();
        if (node(document.elementFromPoint(...at))) return pull(at, 0, count, circle);
      }
      throw new Error('no node to take hold of');
    },
  };

  /** Mutes and unmutes a node of the studio by its key; how many frames each took to be on the page,
   * one being the next. */
  async function mute(count) {
    const at = find((e) => e.closest('.svelte-flow__node') && !e.closest('button,input,textarea,select'));
    const node = document.elementFromPoint(...at).closest('.svelte-flow__node');
    await pull(at, 0, 1, () => [0, 0]);
    const isMuted = () => node.querySelector('.switch') !== null;
    const times = [];
    for (let i = 0; i < count; i += 1) {
      const before = isMuted();
      const key = { key: 'm', code: 'KeyM', bubbles: true, cancelable: true };
      document.querySelector('[role=application]').dispatchEvent(new KeyboardEvent('keydown', key));
      let frames = 0;
      do {
        await frame();
        frames += 1;
      } while (isMuted() === before && frames < 300);
      times.push(frames);
    }
    return times;
  }

  /** ComfyUI's canvas, by its own functions: less than what a hand costs. */
  const comfy = {
    async pan(count) {
      const { canvas } = window.app;
      return frames(count, (i) => {
        const [dx, dy] = circle(i);
        canvas.ds.offset[0] += dx / canvas.ds.scale;
        canvas.ds.offset[1] += dy / canvas.ds.scale;
        canvas.setDirty(true, true);
      });
    },
    async zoom(count) {
      const { canvas } = window.app;
      const step = breathe(30);
      return frames(count, (i) => {
        canvas.ds.changeScale(canvas.ds.scale * 2 ** (-step(i) * 0.0022), [innerWidth / 2, innerHeight / 2]);
        canvas.setDirty(true, true);
      });
    },
    async drag(count) {
      const { canvas } = window.app;
      const node = canvas.visible_nodes[Math.floor(canvas.visible_nodes.length / 2)];
      return frames(count, (i) => {
        const [dx, dy] = circle(i);
        node.pos[0] += dx / canvas.ds.scale;
        node.pos[1] += dy / canvas.ds.scale;
        canvas.setDirty(true, true);
      });
    },
  };

  /** Opens `window.film` in ComfyUI's front end, once that takes workflows. */
  async function loadIntoComfy() {
    for (;;) {
      await new Promise((go) => setTimeout(go, 5));
      if (!window.app?.graph || !window.app.canvas) continue;
      try {
        await window.app.loadGraphData(window.film);
      } catch {
        continue;
      }
      window.loaded = true;
      return;
    }
  }

  function lookAtComfy(x, y, zoom) {
    const { canvas } = window.app;
    canvas.ds.min_scale = 0.001;
    canvas.ds.scale = zoom;
    canvas.ds.offset = [x, y];
    canvas.setDirty(true, true);
  }

  return { usable, frames, find, mute, svelteFlow, comfy, loadIntoComfy, lookAtComfy };
})();
