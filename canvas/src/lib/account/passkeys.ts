// Passkeys of this browser: made and shown, in the form in which the API takes them (base64url).

import type { Schema } from '$lib/api/client';
import { Problem } from '$lib/api/problem';

type Options = Record<string, unknown>;

/** Why this page can have no passkeys; undefined where it can. */
export function whyNone(): Problem | undefined {
  if (!isNumber()) {
    if ('PublicKeyCredential' in window) return undefined;
    return new Problem('passkey.unavailable', 'This browser keeps no passkeys here.', 'They need HTTPS, and a browser of these days.');
  }
  const local = /^(127\.|\[::1\])/.test(location.hostname);
  const hint = local ? `Open the studio as ${localAddress()}.` : "Give the studio's machine a name, and open it by that.";
  return new Problem('passkey.unavailable', `Browsers keep passkeys for a name, and this page is open as ${location.hostname}.`, hint);
}

/** Let an authenticator make a passkey. Throws a `Problem` where nobody wanted to. */
export async function makePasskey(options: Options): Promise<Schema<'NewCredential'>> {
  const given = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const made = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        ...(given as unknown as PublicKeyCredentialCreationOptions),
        challenge: bytes(given.challenge),
        user: { ...given.user, id: bytes(given.user.id) },
        excludeCredentials: (given.excludeCredentials ?? []).map(({ id }) => ({ id: bytes(id), type: 'public-key' })),
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    credential_id: made.id,
    client_data: text(response.clientDataJSON),
    attestation_object: text(response.attestationObject),
    transports: response.getTransports(),
  };
}

/** Let somebody choose one of their passkeys: now, or (`quietly`) among what the browser fills in. */
export async function showPasskey(options: Options, signal: AbortSignal, quietly = false): Promise<Schema<'Assertion'>> {
  const given = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const shown = await ask(() =>
    navigator.credentials.get({
      signal,
      ...(quietly ? { mediation: 'conditional' } : {}),
      publicKey: {
        ...(given as unknown as PublicKeyCredentialRequestOptions),
        challenge: bytes(given.challenge),
        allowCredentials: [],
      },
    }),
  );
  const response = shown.response as AuthenticatorAssertionResponse;
  return {
    credential_id: shown.id,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: response.userHandle ? text(response.userHandle) : '',
  };
}

async function ask(work: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const given = await work();
    if (given) return given as PublicKeyCredential;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'InvalidStateError') throw new Problem('passkey.known', 'This device has a passkey of yours already.', 'Use it.');
    // Cancelled, or nobody came: browsers do not tell which.
    if (name !== 'NotAllowedError' && name !== 'AbortError') throw error;
  }
  throw new Problem('passkey.none_given', 'No passkey was given.', 'Try again.');
}

const isNumber = (): boolean => /^(\d+\.){3}\d+$|^\[/.test(location.hostname);

const localAddress = (): string => `${location.protocol}//localhost${location.port ? `:${location.port}` : ''}`;

const bytes = (encoded: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

const text = (buffer: ArrayBuffer): string =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
