// What can be done to a project from its card, by what this person may.

import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Copy from '@lucide/svelte/icons/copy';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Download from '@lucide/svelte/icons/download';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import LogOut from '@lucide/svelte/icons/log-out';
import Pencil from '@lucide/svelte/icons/pencil';
import Settings from '@lucide/svelte/icons/settings';
import Trash from '@lucide/svelte/icons/trash-2';
import { goto } from '$app/navigation';
import type { MenuGroup } from '$lib/ui/menu';
import { type Card, exportAddress } from './projectList.svelte';

export interface CardActions {
  rename(project: Card): void;
  duplicate(project: Card): void;
  archive(project: Card): void;
  unarchive(project: Card): void;
  remove(project: Card): void;
  restore(project: Card): void;
  leave(project: Card): void;
}

export function cardMenu(project: Card, actions: CardActions): readonly MenuGroup[] {
  if (project.deleted_at !== null) {
    return [[{ id: 'restore', title: 'Restore', icon: ArchiveRestore, run: () => actions.restore(project) }]];
  }
  const may = (right: string): boolean => (project.rights ?? []).includes(right);
  const address = `/project/${project.id}`;
  const open = [
    { id: 'open', title: 'Open', icon: FolderOpen, run: () => void goto(address) },
    { id: 'tab', title: 'Open in a new tab', icon: DoorOpen, run: () => void window.open(address, '_blank', 'noopener') },
  ];
  const change = [];
  if (may('edit')) change.push({ id: 'rename', title: 'Rename…', icon: Pencil, run: () => actions.rename(project) });
  if (may('export')) {
    change.push(
      { id: 'duplicate', title: 'Duplicate', icon: Copy, run: () => actions.duplicate(project) },
      { id: 'export', title: 'Export', icon: Download, run: () => location.assign(exportAddress(project.id)) },
    );
  }
  change.push({ id: 'settings', title: 'Project settings', icon: Settings, run: () => void goto(`${address}/settings`) });
  const away = [];
  if (may('manage')) {
    away.push(
      project.archived_at === null
        ? { id: 'archive', title: 'Archive', icon: Archive, run: () => actions.archive(project) }
        : { id: 'unarchive', title: 'Take out of the archive', icon: ArchiveRestore, run: () => actions.unarchive(project) },
      { id: 'delete', title: 'Delete', icon: Trash, danger: true, run: () => actions.remove(project) },
    );
  } else {
    away.push({ id: 'leave', title: 'Leave this project', icon: LogOut, danger: true, run: () => actions.leave(project) });
  }
  return [open, change, away];
}
