// Links that let people in: what one offers, taking it, and making and revoking them.

import { answer, api, type Schema } from '$lib/api/client';

export type Offer = Schema<'Offer'>;
export type Role = Schema<'ProjectLink'>['role'];
export type AnyRole = Role | 'owner';

/** The roles below the owner's, with what each may, most first. */
export const ROLES: readonly { readonly value: Role; readonly title: string; readonly detail: string }[] = [
  { value: 'editor', title: 'Editor', detail: 'Changes the canvas, brings files, generates' },
  { value: 'reviewer', title: 'Reviewer', detail: 'Comments, approves or rejects takes' },
  { value: 'viewer', title: 'Viewer', detail: 'Sees everything, changes nothing' },
];

export const roleTitle = (role: AnyRole | null): string =>
  role === 'owner' ? 'Owner' : (ROLES.find(({ value }) => value === role)?.title ?? 'Member');

const KEY = 'director.invitation';

/** A link's code that waits for its log-in, in this window alone. */
export const keptCode = (): string => sessionStorage.getItem(KEY) ?? '';

export function keepCode(code: string): void {
  if (code) sessionStorage.setItem(KEY, code);
  else sessionStorage.removeItem(KEY);
}

export const offerOf = (code: string): Promise<Offer> =>
  answer(api.POST('/api/v1/invitations/preview', { body: { code } }));

/** Join as who is logged in, or with a new account. */
export const accept = (
  code: string,
  account: Schema<'NewAccount'> | null,
): Promise<Schema<'Joined'>> =>
  answer(api.POST('/api/v1/invitations/accept', { body: { code, account } }));
