// What the library is divided into: assets by their kind, files by their class.

import AudioLines from '@lucide/svelte/icons/audio-lines';
import File from '@lucide/svelte/icons/file';
import Film from '@lucide/svelte/icons/film';
import Image from '@lucide/svelte/icons/image';
import MapPin from '@lucide/svelte/icons/map-pin';
import Package from '@lucide/svelte/icons/package';
import Palette from '@lucide/svelte/icons/palette';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';
import type { AssetKind } from '$lib/stores/assetLibraryStore.svelte';

export type MediaClass = '' | 'image' | 'video' | 'audio';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly Icon: Component<{ size?: number }>;
  readonly kind?: AssetKind;
  /** What one of it is called. */
  readonly one: string;
  /** The class of media types; everything where it is empty. */
  readonly media: MediaClass;
}

const asset = (id: AssetKind, title: string, one: string, Icon: Section['Icon']): Section => ({
  id,
  title,
  one,
  Icon,
  group: 'Assets',
  kind: id,
  media: '',
});
const files = (id: string, title: string, media: MediaClass, Icon: Section['Icon']): Section => ({
  id,
  title,
  one: 'file',
  Icon,
  group: 'Files',
  media,
});

export const SECTIONS: readonly Section[] = [
  asset('character', 'Characters', 'character', Users),
  asset('environment', 'Places', 'place', MapPin),
  asset('style', 'Styles', 'style', Palette),
  asset('prop', 'Props', 'prop', Package),
  files('files', 'All files', '', File),
  files('image', 'Pictures', 'image', Image),
  files('video', 'Video', 'video', Film),
  files('audio', 'Sound', 'audio', AudioLines),
];

export const sectionOf = (id: string | null): Section =>
  SECTIONS.find((section) => section.id === id) ?? (SECTIONS[0] as Section);
