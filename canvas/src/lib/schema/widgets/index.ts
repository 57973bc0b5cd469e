// The widgets by their names. What is large comes when it is first needed.

import type { Component } from 'svelte';
import type { WidgetProps } from '../contract';
import type { WidgetName } from '../widgetNames';
import ColorWidget from './ColorWidget.svelte';
import JsonWidget from './JsonWidget.svelte';
import LongTextWidget from './LongTextWidget.svelte';
import NumberWidget from './NumberWidget.svelte';
import SeedWidget from './SeedWidget.svelte';
import SelectWidget from './SelectWidget.svelte';
import SliderWidget from './SliderWidget.svelte';
import TagsWidget from './TagsWidget.svelte';
import TextWidget from './TextWidget.svelte';
import ToggleWidget from './ToggleWidget.svelte';
import VectorWidget from './VectorWidget.svelte';
import CurveWidget from './CurveWidget.svelte';
import FilesWidget from './FilesWidget.svelte';
import ListWidget from './ListWidget.svelte';
import MediaWidget from './MediaWidget.svelte';
import ObjectWidget from './ObjectWidget.svelte';
import PaletteWidget from './PaletteWidget.svelte';

// A widget's value is of the type that its schema says; here nobody can know which.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyWidget = Component<WidgetProps<any>>;

export const widgets: Readonly<Record<WidgetName, AnyWidget>> = {
  text: TextWidget,
  longText: LongTextWidget,
  number: NumberWidget,
  slider: SliderWidget,
  toggle: ToggleWidget,
  select: SelectWidget,
  color: ColorWidget,
  palette: PaletteWidget,
  seed: SeedWidget,
  media: MediaWidget,
  files: FilesWidget,
  curve: CurveWidget,
  vector: VectorWidget,
  tags: TagsWidget,
  object: ObjectWidget,
  list: ListWidget,
  json: JsonWidget,
  hidden: JsonWidget,
};
