// Which commands a context menu holds, by what lies under the pointer.

import type { CanvasStore } from '$lib/canvas/canvasStore.svelte';
import type { MenuGroup } from '$lib/ui/menu';
import type { Commands } from './commands.svelte';
import { bindings } from './bindings.svelte';
import { COMMANDS } from './table';

export function menuGroups(commands: Commands, canvas: CanvasStore): readonly MenuGroup[] {
  const place = canvas.selection.size > 0 ? 'node' : canvas.wires.size > 0 ? 'wire' : 'ground';
  const groups = new Map<string, MenuGroup>();
  for (const command of COMMANDS) {
    if (!command.menu?.includes(place)) continue;
    const can = commands.can(command);
    if (can === false) continue;
    const action = {
      id: command.id,
      title: command.title,
      icon: command.icon,
      keys: bindings.shown(command) || undefined,
      danger: command.danger,
      disabled: can !== true,
      why: can === true ? undefined : can,
      run: () => void commands.run(command),
    };
    groups.set(command.group, [...(groups.get(command.group) ?? []), action]);
  }
  return [...groups.values()];
}
