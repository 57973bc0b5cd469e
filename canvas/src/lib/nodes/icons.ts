// Icons by the names that node types give. A name that is not bundled is a plain box.

import type { Component } from 'svelte';
import AudioLines from '@lucide/svelte/icons/audio-lines';
import Blend from '@lucide/svelte/icons/blend';
import Box from '@lucide/svelte/icons/box';
import Brush from '@lucide/svelte/icons/brush';
import Camera from '@lucide/svelte/icons/camera';
import Clapperboard from '@lucide/svelte/icons/clapperboard';
import FileAudio from '@lucide/svelte/icons/file-audio';
import FileText from '@lucide/svelte/icons/file-text';
import FileVideo from '@lucide/svelte/icons/file-video';
import Frame from '@lucide/svelte/icons/frame';
import Film from '@lucide/svelte/icons/film';
import Image from '@lucide/svelte/icons/image';
import ImagePlus from '@lucide/svelte/icons/image-plus';
import Layers from '@lucide/svelte/icons/layers';
import Maximize from '@lucide/svelte/icons/maximize';
import Mic from '@lucide/svelte/icons/mic';
import Mountain from '@lucide/svelte/icons/mountain';
import Package from '@lucide/svelte/icons/package';
import Palette from '@lucide/svelte/icons/palette';
import Repeat from '@lucide/svelte/icons/repeat';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Split from '@lucide/svelte/icons/split';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Tag from '@lucide/svelte/icons/tag';
import User from '@lucide/svelte/icons/user';
import Video from '@lucide/svelte/icons/video';
import Wand from '@lucide/svelte/icons/wand';
import Workflow from '@lucide/svelte/icons/workflow';

type Icon = Component<{ size?: number; strokeWidth?: number }>;

const ICONS: ReadonlyMap<string, Icon> = new Map<string, Icon>([
  ['audio-lines', AudioLines],
  ['blend', Blend],
  ['brush', Brush],
  ['camera', Camera],
  ['clapperboard', Clapperboard],
  ['file-audio', FileAudio],
  ['file-text', FileText],
  ['file-video', FileVideo],
  ['film', Film],
  ['frame', Frame],
  ['image', Image],
  ['image-plus', ImagePlus],
  ['layers', Layers],
  ['maximize', Maximize],
  ['mic', Mic],
  ['mountain', Mountain],
  ['package', Package],
  ['palette', Palette],
  ['repeat', Repeat],
  ['sliders-horizontal', SlidersHorizontal],
  ['sparkles', Sparkles],
  ['split', Split],
  ['sticky-note', StickyNote],
  ['tag', Tag],
  ['user', User],
  ['video', Video],
  ['wand', Wand],
  ['workflow', Workflow],
]);

export const iconOf = (name: string): Icon => ICONS.get(name) ?? Box;
