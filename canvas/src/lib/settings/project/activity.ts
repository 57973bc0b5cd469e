// The lines of a project's feed, as people read them.

type Detail = Readonly<Record<string, unknown>>;

const named = (detail: Detail): string => {
  const name = detail.name ?? detail.title ?? detail.label;
  return typeof name === 'string' && name ? ` ${name}` : '';
};

const DEEDS: Readonly<Record<string, (detail: Detail) => string>> = {
  'project.created': () => 'made the project',
  'project.changed': () => 'changed its settings',
  'project.archived': () => 'put the project into the archive',
  'project.unarchived': () => 'took the project out of the archive',
  'project.restored': () => 'brought the project back',
  'project.exported': () => 'exported the project',
  'project.committed': (detail) => `committed its folder${typeof detail.message === 'string' ? `: ${detail.message}` : ''}`,
  'project.duplicated': () => 'copied the project',
  'project.imported': () => 'imported the project',
  'project.transferred': () => 'gave the project to somebody else',
  'asset.created': (detail) => `added${named(detail) || ' something'} to the library`,
  'asset.changed': (detail) => `changed${named(detail) || ' something'} in the library`,
  'asset.removed': (detail) => `took${named(detail) || ' something'} out of the library`,
  'team.shared': (detail) => `shared it with the team${named(detail)}`,
  'team.unshared': (detail) => `stopped sharing it with the team${named(detail)}`,
  'member.left': () => 'left',
  'member.removed': () => 'took somebody out',
  'media.added': (detail) => `brought${named(detail) || ' a file'}`,
  'member.joined': () => 'joined',
  'member.role_changed': (detail) => `gave somebody the role ${String(detail.role ?? '')}`,
  'run.ended': (detail) => `had a run that ${String(detail.status ?? 'ended')}`,
};

/** What somebody did, after their name: `brought lamp.png`. */
export function describeAction(kind: string, detail: Detail): string {
  const known = DEEDS[kind];
  if (known) return known(detail);
  const [area = '', what = ''] = kind.replaceAll('_', ' ').split('.');
  return `${what} ${area}${named(detail)}`.trim();
}
