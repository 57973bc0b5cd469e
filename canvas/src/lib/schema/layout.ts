// How large a node is and where its sockets lie, to the pixel, from its definition alone.
//
// The canvas never asks the DOM: ten thousand nodes have a place before one of them is mounted.
// A node's component draws what stands here: a header, then sections one below the other.

import type { NodeDefinition } from '$lib/stores/catalog';
import { fieldsOf, type FormField } from './form';
import type { WidgetName } from './widgetNames';

export const HEADER = 34;
export const SOCKET_ROW = 24;
export const PADDING = 8;
/** More fields than this on a node are found in the inspector. */
export const MOST_FIELDS = 6;
const LABEL = 18;
const FOOT = 44;
const MORE = 26;

export interface SocketSpot {
  readonly id: string;
  readonly side: 'in' | 'out';
  readonly type: string;
  readonly title: string;
  readonly many: boolean;
  readonly required: boolean;
  /** The middle of its mark, from the node's upper left. */
  readonly x: number;
  readonly y: number;
}

export type Section =
  /** A part that the node's component fills in by its name. */
  | { readonly kind: 'block'; readonly id: string; readonly height: number }
  | { readonly kind: 'sockets' }
  | { readonly kind: 'fields'; readonly fields: readonly FormField[]; readonly more?: number };

export interface PlacedSection {
  readonly section: Section;
  readonly y: number;
  readonly height: number;
}

export interface NodeLayout {
  readonly width: number;
  readonly height: number;
  readonly sockets: readonly SocketSpot[];
  readonly sections: readonly PlacedSection[];
}

/** A plan for a node type: which sections, below the header. */
export type Plan = (definition: NodeDefinition) => readonly Section[];

/** How high each widget is on a node, without its label where that stands above. */
const HEIGHTS: Readonly<Record<WidgetName, number>> = {
  text: 30,
  longText: 84,
  number: 30,
  slider: 30,
  toggle: 30,
  select: 30,
  color: 30,
  palette: 30,
  seed: 30,
  media: 64,
  files: 64,
  curve: 96,
  vector: 30,
  tags: 30,
  object: 30,
  list: 30,
  json: 30,
  hidden: 0,
};

/** Whether a widget's label stands above it rather than beside it. */
export const isTall = (widget: WidgetName): boolean => HEIGHTS[widget] > 30;

export const fieldHeight = ({ widget }: FormField): number =>
  HEIGHTS[widget] + (isTall(widget) ? LABEL : 0);

/** What a node type without a plan of its own gets: its picture, its sockets, its first fields. */
export const genericPlan: Plan = (definition) => {
  const fields = fieldsOf(definition.params);
  const shown = fields.slice(0, MOST_FIELDS);
  const sections: Section[] = [];
  const preview = previewHeight(definition);
  if (preview > 0) sections.push({ kind: 'block', id: 'preview', height: preview });
  if (definition.inputs.length + definition.outputs.length > 0) sections.push({ kind: 'sockets' });
  if (shown.length > 0) {
    sections.push({ kind: 'fields', fields: shown, more: fields.length - shown.length });
  }
  if (definition.kind === 'task') sections.push({ kind: 'block', id: 'foot', height: FOOT });
  return sections;
};

/** Room for what a task makes: a picture in 16:9, or a sound. */
export function previewHeight({ kind, width, outputs }: NodeDefinition): number {
  if (kind !== 'task') return 0;
  const types = outputs.map(({ type }) => type);
  if (types.includes('Video') || types.includes('Image')) return Math.round((width * 9) / 16);
  return types.includes('Audio') ? 56 : 0;
}

/** Put a plan's sections one below the other, and the sockets where they belong. */
export function placed(definition: NodeDefinition, plan: Plan, width = definition.width): NodeLayout {
  const sockets: SocketSpot[] = [];
  const sections: PlacedSection[] = [];
  let y = HEADER;
  for (const section of plan(definition)) {
    const height = heightOf(section, definition);
    if (section.kind === 'sockets') {
      const top = y + PADDING / 2;
      const spot = (side: 'in' | 'out') => (socket: NodeDefinition['inputs'][number], row: number) => {
        sockets.push({
          id: socket.id,
          side,
          type: socket.type,
          title: socket.title || socket.id,
          many: socket.many ?? false,
          required: socket.required ?? false,
          x: side === 'in' ? 0 : width,
          y: top + row * SOCKET_ROW + SOCKET_ROW / 2,
        });
      };
      definition.inputs.forEach(spot('in'));
      definition.outputs.forEach(spot('out'));
    }
    sections.push({ section, y, height });
    y += height;
  }
  return { width, height: y + (sections.length > 0 ? 2 : 0), sockets, sections };
}

/** How high a collapsed node is: its header and its sockets, where these come first. */
export function collapsedHeight({ sections }: NodeLayout): number {
  const [first] = sections;
  return first?.section.kind === 'sockets' ? first.y + first.height + 2 : HEADER + 2;
}

function heightOf(section: Section, { inputs, outputs }: NodeDefinition): number {
  switch (section.kind) {
    case 'block':
      return section.height;
    case 'sockets':
      return Math.max(inputs.length, outputs.length) * SOCKET_ROW + PADDING;
    case 'fields':
      return (
        section.fields.reduce((sum, field) => sum + fieldHeight(field) + 4, PADDING) +
        (section.more ? MORE : 0)
      );
  }
}
