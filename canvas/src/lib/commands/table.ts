// Every command of the canvas, once. Keys, menus, the palette and the sheet of keys are drawn from it.

import { align, distribute, tidy } from '$lib/canvas/actions/arrange';
import { collapse, frame, intoScene, note, unframe } from '$lib/canvas/actions/group';
import { copy, cut, duplicate, lock, paste, remove, switchOff } from '$lib/canvas/actions/edit';
import { intoFields, nextRegion } from '$lib/canvas/actions/focus';
import { nudge, walk } from '$lib/canvas/actions/walk';
import { FRAME } from '$lib/canvas/frames';
import type { CanvasStore } from '$lib/canvas/canvasStore.svelte';
import { themeStore } from '$lib/stores/theme.svelte';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Cable from '@lucide/svelte/icons/cable';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Copy from '@lucide/svelte/icons/copy';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import FolderInput from '@lucide/svelte/icons/folder-input';
import FrameIcon from '@lucide/svelte/icons/frame';
import LogIn from '@lucide/svelte/icons/log-in';
import Lock from '@lucide/svelte/icons/lock';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Plus from '@lucide/svelte/icons/plus';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Square from '@lucide/svelte/icons/square';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Trash from '@lucide/svelte/icons/trash-2';
import type { Command } from './command';

const editing = (canvas: CanvasStore): boolean => canvas.project.canEdit;
const some = (canvas: CanvasStore): boolean => editing(canvas) && canvas.selection.size > 0;
const one = (canvas: CanvasStore): string | undefined =>
  canvas.selection.size === 1 ? [...canvas.selection][0] : undefined;

/** The selected nodes that make takes; in the room of a shot, that shot. */
function makers({ project, selection, room }: CanvasStore): string[] {
  return (room === undefined ? [...selection] : [room]).filter((id) => {
    const type = project.catalog.nodeTypes.get(project.graph.nodes.get(id)?.type ?? '');
    return type?.kind === 'task';
  });
}

/** The frames among the selected nodes. */
function frames({ project, selection }: CanvasStore): string[] {
  return [...selection].filter((id) => project.graph.nodes.get(id)?.type === FRAME);
}

const arrows = (keys: string, way: 'left' | 'right' | 'up' | 'down'): Command => ({
  id: `walk.${way}`,
  title: `Walk ${way}`,
  group: 'Go',
  keys: [keys],
  run: (canvas) => walk(canvas, way),
});

const step = (keys: string, title: string, dx: number, dy: number): Command => ({
  id: `nudge.${title}`,
  title: `Nudge ${title}`,
  group: 'Arrange',
  keys: [keys],
  when: some,
  run: (canvas) => nudge(canvas, dx, dy),
});

const switched = (keys: string, title: string, how: 'muted' | 'bypassed'): Command => ({
  id: how,
  title,
  group: 'Edit',
  keys: [keys],
  menu: ['node'],
  when: some,
  run: (canvas) => switchOff(canvas, how),
});

const aligned = (side: Parameters<typeof align>[1], title: string): Command => ({
  id: `align.${side}`,
  title: `Align ${title}`,
  group: 'Arrange',
  when: (canvas) => editing(canvas) && canvas.selection.size > 1,
  run: (canvas) => align(canvas, side),
});

export const COMMANDS: readonly Command[] = [
  {
    id: 'add',
    title: 'Add a node',
    group: 'Add',
    keys: ['Tab'],
    icon: Plus,
    menu: ['ground'],
    when: (canvas) => editing(canvas) && canvas.room === undefined,
    run: (canvas) => {
      const inside = canvas.pointer[0] > 0 && canvas.pointer[1] > 0;
      const at = inside ? canvas.pointer : ([canvas.width / 2, canvas.height / 2] as const);
      canvas.adding = { at, place: canvas.toCanvas(at) };
    },
  },
  {
    id: 'generate',
    title: 'Generate',
    group: 'Generate',
    keys: ['Mod+Enter'],
    icon: Sparkles,
    menu: ['node'],
    when: (canvas) => makers(canvas).length > 0,
    run: (canvas) => canvas.runs.generate(makers(canvas)),
  },
  {
    id: 'generate.front',
    title: 'Generate before all that waits',
    group: 'Generate',
    keys: ['Mod+Shift+Enter'],
    when: (canvas) => makers(canvas).length > 0,
    run: (canvas) => canvas.runs.generate(makers(canvas), 'high'),
  },
  {
    id: 'update',
    title: 'Bring up to date',
    group: 'Generate',
    icon: RefreshCw,
    menu: ['node'],
    when: (canvas) => makers(canvas).length > 0,
    run: (canvas) => canvas.runs.update(makers(canvas)),
  },
  {
    id: 'update.stale',
    title: 'Make all that is stale again',
    group: 'Generate',
    when: ({ project }) => project.stale.size > 0,
    run: (canvas) => canvas.runs.update([...canvas.project.stale.entries.keys()]),
  },
  {
    id: 'stop',
    title: 'Stop generating',
    group: 'Generate',
    icon: Square,
    menu: ['node'],
    when: ({ project, selection }) =>
      [...selection].some((id) => ['generating', 'pending_request'].includes(project.states.get(id)?.state ?? '')),
    run: async (canvas) => {
      for (const id of canvas.selection) await canvas.runs.cancel(id);
    },
  },
  {
    id: 'enter',
    title: 'Open',
    group: 'Go',
    keys: ['Enter'],
    icon: LogIn,
    menu: ['node'],
    when: (canvas) => one(canvas) !== undefined,
    run: (canvas) => canvas.enter(one(canvas) as string),
  },
  {
    id: 'leave',
    title: 'Up one level',
    group: 'Go',
    keys: ['Alt+ArrowUp'],
    icon: ArrowUp,
    menu: ['ground'],
    when: (canvas) => canvas.level !== null,
    run: (canvas) => canvas.leave(),
  },
  {
    id: 'fields',
    title: 'Go into the fields of the node',
    group: 'Go',
    keys: ['F2'],
    when: (canvas) => one(canvas) !== undefined,
    run: (canvas) => intoFields(canvas, one(canvas) as string),
  },
  { id: 'region', title: 'Go to what stands beside', group: 'Go', keys: ['F6'], run: nextRegion },
  { id: 'room.cut', title: 'Play the film', group: 'Go', run: (canvas) => canvas.openRoom('cut') },
  { id: 'room.script', title: 'Open the script', group: 'Go', run: (canvas) => canvas.openRoom('script') },
  { id: 'room.library', title: 'Open the library', group: 'Go', run: (canvas) => canvas.openRoom('library') },
  { id: 'room.settings', title: 'Open the settings of the project', group: 'Go', run: (canvas) => canvas.openRoom('settings') },
  {
    id: 'inspect',
    title: 'Show in the inspector',
    group: 'View',
    keys: ['I'],
    icon: PanelRight,
    menu: ['node'],
    run: (canvas) => canvas.togglePanel('inspector'),
  },
  {
    id: 'copy',
    title: 'Copy',
    group: 'Edit',
    keys: ['Mod+C'],
    byEvent: true,
    icon: Copy,
    menu: ['node'],
    when: (canvas) => canvas.selection.size > 0,
    run: copy,
  },
  { id: 'cut', title: 'Cut', group: 'Edit', keys: ['Mod+X'], byEvent: true, when: some, run: cut },
  {
    id: 'paste',
    title: 'Paste',
    group: 'Edit',
    keys: ['Mod+V'],
    byEvent: true,
    icon: ClipboardPaste,
    menu: ['ground'],
    when: editing,
    run: (canvas) => paste(canvas),
  },
  {
    id: 'paste.inputs',
    title: 'Paste with its inputs',
    group: 'Edit',
    keys: ['Mod+Shift+V'],
    byEvent: true,
    when: editing,
    run: (canvas) => paste(canvas, true),
  },
  {
    id: 'duplicate',
    title: 'Duplicate',
    group: 'Edit',
    keys: ['Mod+D'],
    icon: CopyPlus,
    menu: ['node'],
    when: some,
    run: duplicate,
  },
  {
    id: 'frame.around',
    title: 'Frame around it',
    group: 'Arrange',
    keys: ['Mod+G'],
    icon: FrameIcon,
    menu: ['node', 'ground'],
    when: editing,
    run: frame,
  },
  {
    id: 'frame.away',
    title: 'Take the frame away',
    group: 'Arrange',
    keys: ['Mod+Shift+G'],
    menu: ['node'],
    when: (canvas) => editing(canvas) && frames(canvas).length > 0,
    run: unframe,
  },
  {
    id: 'frame.collapse',
    title: 'Collapse or open the frame',
    group: 'Arrange',
    menu: ['node'],
    when: (canvas) => editing(canvas) && frames(canvas).length > 0,
    run: (canvas) => {
      for (const id of frames(canvas)) collapse(canvas, id);
    },
  },
  {
    id: 'scene.from',
    title: 'Make a scene of it',
    group: 'Arrange',
    menu: ['node'],
    when: some,
    run: intoScene,
  },
  {
    id: 'note',
    title: 'Write a note',
    group: 'Add',
    keys: ['C'],
    icon: StickyNote,
    menu: ['ground'],
    when: editing,
    run: note,
  },
  {
    id: 'connect',
    title: 'Connect to…',
    group: 'Edit',
    keys: ['K'],
    icon: Cable,
    menu: ['node'],
    when: (canvas) => editing(canvas) && one(canvas) !== undefined,
    run: (canvas) => {
      canvas.overlay = 'connect';
    },
  },
  {
    id: 'move',
    title: 'Move to…',
    group: 'Edit',
    icon: FolderInput,
    menu: ['node'],
    when: some,
    run: (canvas) => {
      canvas.overlay = 'move';
    },
  },
  {
    id: 'undo',
    title: 'Undo my last step',
    group: 'Edit',
    keys: ['Mod+Z'],
    when: editing,
    run: ({ project }) => project.undo(),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    when: editing,
    run: ({ project }) => project.redo(),
  },
  switched('M', 'Mute, or switch on', 'muted'),
  switched('B', 'Bypass, or switch on', 'bypassed'),
  {
    id: 'lock',
    title: 'Lock or unlock',
    group: 'Edit',
    icon: Lock,
    menu: ['node'],
    when: some,
    run: lock,
  },
  {
    id: 'remove',
    title: 'Delete',
    group: 'Edit',
    keys: ['Delete', 'Backspace'],
    icon: Trash,
    danger: true,
    menu: ['node', 'wire'],
    when: (canvas) => editing(canvas) && canvas.selection.size + canvas.wires.size > 0,
    run: remove,
  },
  {
    id: 'select.all',
    title: 'Select all',
    group: 'Select',
    keys: ['Mod+A'],
    run: (canvas) => canvas.select(canvas.model.slots.keys()),
  },
  {
    id: 'select.none',
    title: 'Select nothing',
    group: 'Select',
    keys: ['Escape'],
    run: (canvas) => canvas.select([]),
  },
  {
    id: 'frame',
    title: 'Frame the selection',
    group: 'View',
    keys: ['F'],
    run: (canvas) => canvas.frame(canvas.selection.size > 0 ? canvas.selection : undefined),
  },
  { id: 'frame.all', title: 'Frame all', group: 'View', keys: ['A'], menu: ['ground'], run: (canvas) => canvas.frame() },
  { id: 'zoom.in', title: 'Zoom in', group: 'View', keys: ['+', '='], run: (canvas) => canvas.zoomBy(1.25, undefined, 120) },
  { id: 'zoom.out', title: 'Zoom out', group: 'View', keys: ['-'], run: (canvas) => canvas.zoomBy(0.8, undefined, 120) },
  {
    id: 'zoom.one',
    title: 'Zoom to 100 %',
    group: 'View',
    keys: ['1'],
    run: (canvas) => canvas.zoomBy(1 / canvas.viewport.zoom, undefined, 160),
  },
  { id: 'tidy', title: 'Tidy', group: 'Arrange', keys: ['L'], menu: ['ground'], when: editing, run: tidy },
  aligned('left', 'to the left'),
  aligned('center', 'on one column'),
  aligned('right', 'to the right'),
  aligned('top', 'to the top'),
  aligned('middle', 'on one row'),
  aligned('bottom', 'to the bottom'),
  {
    id: 'distribute.x',
    title: 'Distribute across',
    group: 'Arrange',
    when: (canvas) => editing(canvas) && canvas.selection.size > 2,
    run: (canvas) => distribute(canvas, 'x'),
  },
  {
    id: 'distribute.y',
    title: 'Distribute down',
    group: 'Arrange',
    when: (canvas) => editing(canvas) && canvas.selection.size > 2,
    run: (canvas) => distribute(canvas, 'y'),
  },
  arrows('ArrowLeft', 'left'),
  arrows('ArrowRight', 'right'),
  arrows('ArrowUp', 'up'),
  arrows('ArrowDown', 'down'),
  step('Shift+ArrowLeft', 'left', -10, 0),
  step('Shift+ArrowRight', 'right', 10, 0),
  step('Shift+ArrowUp', 'up', 0, -10),
  step('Shift+ArrowDown', 'down', 0, 10),
  {
    id: 'outline',
    title: 'Outline',
    group: 'View',
    keys: ['O'],
    run: (canvas) => canvas.togglePanel('outline'),
  },
  {
    id: 'library',
    title: 'Library',
    group: 'View',
    keys: ['Shift+L'],
    run: (canvas) => {
      canvas.library = !canvas.library;
    },
  },
  { id: 'queue', title: 'Queue', group: 'View', keys: ['Q'], run: (canvas) => canvas.togglePanel('queue') },
  { id: 'problems', title: 'Problems', group: 'View', keys: ['P'], run: (canvas) => canvas.togglePanel('problems') },
  { id: 'history', title: 'History', group: 'View', keys: ['H'], run: (canvas) => canvas.togglePanel('history') },
  {
    id: 'theme',
    title: 'Light or dark',
    group: 'View',
    run: () => themeStore.toggle(),
  },
  {
    id: 'palette',
    title: 'All commands',
    group: 'Help',
    keys: ['Mod+K'],
    run: (canvas) => {
      canvas.overlay = 'palette';
    },
  },
  {
    id: 'search',
    title: 'Find in the whole film',
    group: 'Go',
    keys: ['Mod+F'],
    run: (canvas) => {
      canvas.overlay = 'search';
    },
  },
  {
    id: 'keys',
    title: 'All keys',
    group: 'Help',
    keys: ['?'],
    run: (canvas) => {
      canvas.overlay = 'keys';
    },
  },
];
