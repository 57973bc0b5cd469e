// What a person is told of their own steps: refused, written over, taken back in part.

import type { ProjectListener, ProjectStore } from '$lib/stores/projectStore.svelte';
import { titleOf } from '$lib/nodes/labels';
import { words } from '$lib/schema/form';
import { toasts } from '$lib/ui/toasts.svelte';

/** Says in toasts what became of steps; each names what can be done. */
export function feedback(project: ProjectStore, showRejected: () => void): ProjectListener {
  const nameOf = (id: string): string => {
    const node = project.graph.nodes.get(id);
    return node ? titleOf(node, project.catalog.nodeTypes.get(node.type)) : 'something that is gone';
  };
  const personOf = (user: string | undefined): string =>
    [...project.people.values()].find((person) => person.user_id === user)?.name ?? 'somebody else';
  const fieldOf = (path: string): string => words(path.slice(path.indexOf('.') + 1)).toLowerCase();

  return {
    refused({ message, hint, ops }) {
      const kept = ops.some((op) => op.op === 'text.edit');
      toasts.say(message, {
        hint,
        tone: 'danger',
        ...(kept ? { action: { title: 'See my text', run: showRejected } } : {}),
      });
    },
    conflict({ fields }) {
      const [first] = fields;
      if (!first) return;
      const more = fields.length > 1 ? ` and ${fields.length - 1} more` : '';
      const what = `${fieldOf(first.path)} of ${nameOf(first.id)}${more}`;
      toasts.say(`You wrote over what ${personOf(first.user_id)} had set: ${what}.`, {
        action: {
          title: 'Restore theirs',
          run: () =>
            void project.submit(
              fields.map(({ id, path, value }) => ({ op: 'node.set', id, values: { [path]: value } })),
              { label: 'Restore what somebody else had set', fresh: true },
            ),
        },
      });
    },
    undone({ redo, label, version, skipped = [] }) {
      const [first] = skipped;
      if (!first) return;
      const what = first.path ? `${fieldOf(first.path)} of ${nameOf(first.id)}` : nameOf(first.id);
      const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : '';
      const since = first.user_id ? `, which ${personOf(first.user_id)} changed since` : '';
      const done = version == null ? 'Nothing was' : redo ? 'Done again but for' : 'Taken back but for';
      toasts.say(
        version == null
          ? `${done} ${redo ? 'done again' : 'taken back'}: ${what}${more}${since} stays.`
          : `${done} ${what}${more}${since}.`,
        label ? { hint: label } : {},
      );
    },
  };
}
